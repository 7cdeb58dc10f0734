"""Chunk transforms: chunks to chunks, before they are indexed."""
