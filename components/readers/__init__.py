"""Readers: a question and its passages to an answer."""
