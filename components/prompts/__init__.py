"""Prompts: question and passages laid out for a language model."""
