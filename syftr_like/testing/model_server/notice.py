"""The sentence that stands wherever this server shows itself."""

NOTICE = (
    "This is a practice model server: a rule-based stand-in, no language model. "
    "Scores made with it say nothing about real models."
)
"""Told by the docstring, the documentation, the server at its start and `/v1/models`."""
