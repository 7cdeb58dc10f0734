"""Rerankers: passages put into a better order."""
