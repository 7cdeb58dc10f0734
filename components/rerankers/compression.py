"""A passage reduced to some of its characters, with an exact span."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from syftr_like.contracts import Chunk, Passage

from ..reading import split_sentences

Span = tuple[int, int]
"""Start and end (exclusive) in a text."""


def body_start(chunk: Chunk) -> int | None:
    """Return where the characters of a chunk's span begin in its text.

    A text that is longer than the span has something put before it, such as a title; None where it
    is shorter, so that its characters are not those of the span one by one.
    """
    header = len(chunk.text) - (chunk.end - chunk.start)
    return header if header >= 0 else None


def sentences_of(chunk: Chunk) -> list[Span]:
    """Return the sentences of a chunk as spans in its text, without what is put before it."""
    offset = body_start(chunk) or 0
    return [(offset + a, offset + b) for a, b in split_sentences(chunk.text[offset:])]


def compressed(passage: Passage, kept: Sequence[Span]) -> Passage:
    """Return a passage of the kept characters, and of what was put before its text.

    Its span goes from the first kept character to the last; where characters between are left
    out, its text is shorter than its span, and a space stands for them. Where characters cannot be
    placed, the span stays that of the passage.

    Args:
        passage: The passage.
        kept: Spans in its text behind what is put before it, in order, without overlap; at least
            one.
    """
    chunk = passage.chunk
    offset = body_start(chunk)
    text = _joined(chunk.text, kept)
    if offset is None:
        return Passage(replace(chunk, text=text, search=None), passage.score)
    start = chunk.start + kept[0][0] - offset
    end = chunk.start + kept[-1][1] - offset
    headed = chunk.text[:offset] + text
    # With a gap, a text as long as the span would pass for the span itself.
    whole = text == chunk.text[kept[0][0] : kept[-1][1]]
    if whole or len(headed) < end - start:
        text = headed
    return Passage(Chunk(chunk.document, start, end, text), passage.score)


def _joined(text: str, kept: Sequence[Span]) -> str:
    """Return the kept characters; what is left out between two spans becomes a space."""
    parts: list[str] = []
    last = kept[0][0]
    for start, end in kept:
        between = text[last:start]
        parts.append(between if not between.strip() else " ")
        parts.append(text[start:end])
        last = end
    return "".join(parts)
