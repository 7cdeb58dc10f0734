"""From positions and scores to passages."""

from __future__ import annotations

from collections.abc import Iterable

from syftr_like.contracts import Chunks, Passage


def passages_of(chunks: Chunks, found: Iterable[tuple[int, float]]) -> list[Passage]:
    """Return the passages of chunks found by (position, score), in the order given."""
    return [Passage(chunk=chunks[position], score=score) for position, score in found]
