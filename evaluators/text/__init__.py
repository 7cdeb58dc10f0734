"""Text metrics: pure functions that compare an answer with its reference answers."""
