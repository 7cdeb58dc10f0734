"""Splitters: documents to chunks."""
