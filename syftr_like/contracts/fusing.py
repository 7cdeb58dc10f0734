"""Joining the passages that several searches found for one question."""

from __future__ import annotations

from collections.abc import Hashable, Sequence
from itertools import chain
from typing import TypeVar

from .values import Passage

Item = TypeVar("Item", bound=Hashable)

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
    passages: dict[tuple[str, int, int, str], Passage] = {}
    for passage in chain.from_iterable(found):
        passages.setdefault(passage.chunk.place, passage)
    rankings = [[passage.chunk.place for passage in ranking] for ranking in found]
    scores = reciprocal_ranks(rankings, RANK_CONSTANT)
    best = sorted(scores, key=lambda place: -scores[place])  # stable
    return tuple(Passage(passages[place].chunk, scores[place]) for place in best[:most])


def reciprocal_ranks(rankings: Sequence[Sequence[Item]], constant: float) -> dict[Item, float]:
    """Return, for each item of some rankings, the sum of 1 / (constant + rank), ranks from 1.

    An item that is missing from a ranking gets nothing from it. Items come as they are first found.
    """
    scores: dict[Item, float] = {}
    for ranking in rankings:
        for rank, item in enumerate(ranking, start=1):
            scores[item] = scores.get(item, 0.0) + 1 / (constant + rank)
    return scores
