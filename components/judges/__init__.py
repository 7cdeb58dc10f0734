"""Judges: what an answer is worth, in a model's eyes."""
