"""Index recipes that retrievers and rerankers share."""
