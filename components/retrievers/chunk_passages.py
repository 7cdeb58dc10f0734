"""From positions and scores to passages."""

from __future__ import annotations

from collections.abc import Iterable

from syftr_like.contracts import Chunks, Passage


def passages_of(chunks: Chunks, found: Iterable[tuple[int, float]], k: int) -> list[Passage]:
    """Return up to `k` passages of chunks found by (position, score), in the order given.

    Of chunks that are read alike the first stands for all. Look for `candidates` many.
    """
    passages: dict[tuple[str, int, int, str], Passage] = {}
    for position, score in found:
        chunk = chunks[position]
        passages.setdefault(chunk.place, Passage(chunk, score))
        if len(passages) == k:
            break
    return list(passages.values())


def candidates(chunks: Chunks, k: int) -> int:
    """Return how many chunks are to be found, so that they make `k` passages if there are."""
    return min(len(chunks), k * chunks.most_alike)
