"""Query transforms: the question to other texts to search with."""
