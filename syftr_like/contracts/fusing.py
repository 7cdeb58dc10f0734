"""Joining the passages that several searches found for one question."""

from __future__ import annotations

from collections.abc import Sequence

from .values import Passage

RANK_CONSTANT = 60.0
"""Added to each rank, as in the paper: the greater, the less the first ranks stand out."""


def fused(found: Sequence[Sequence[Passage]], most: int | None = None) -> tuple[Passage, ...]:
    """Join rankings of passages by the sum of 1 / (60 + rank), ranks from 1; one stays as it is.

    Equal ones come in the order in which they were found. At most `most` come out, where given.

    References:
        Cormack, Clarke, Buettcher: Reciprocal rank fusion outperforms Condorcet and individual
        rank learning methods. SIGIR 2009.
    """
    if len(found) == 1:
        return tuple(found[0])
    scores: dict[tuple[str, int, int, str], float] = {}
    passages: dict[tuple[str, int, int, str], Passage] = {}
    for ranking in found:
        for rank, passage in enumerate(ranking, start=1):
            place = passage.chunk.place
            passages.setdefault(place, passage)
            scores[place] = scores.get(place, 0.0) + 1 / (RANK_CONSTANT + rank)
    best = sorted(scores, key=lambda place: -scores[place])  # stable
    return tuple(Passage(passages[place].chunk, scores[place]) for place in best[:most])
