"""Sentences as units that are searched or embedded: none of them without end."""

from __future__ import annotations

from ..reading import split_sentences
from .chunking import Span
from .recursion import split_recursively

LONGEST_SENTENCE = 128
"""Tokens. What is longer is no sentence, but a table, a list or code without full stops."""


def bounded_sentences(text: str) -> list[Span]:
    """Return the sentences of a text; what is longer than `LONGEST_SENTENCE` is cut.

    Every character that is no white space is in exactly one span.
    """
    spans: list[Span] = []
    for start, end in split_sentences(text):
        if end - start <= LONGEST_SENTENCE:  # a token has a character at least
            spans.append((start, end))
            continue
        pieces = split_recursively(text[start:end], LONGEST_SENTENCE, 0)
        spans += [(start + first, start + last) for first, last in pieces]
    return spans
