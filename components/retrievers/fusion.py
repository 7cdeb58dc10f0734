"""Joining rankings of the same chunks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

Ranking: TypeAlias = Sequence[tuple[int, float]]
"""Positions of chunks with their scores, best first."""


def reciprocal_rank_fusion(rankings: Sequence[Ranking], constant: float) -> list[tuple[int, float]]:
    """Join rankings by the sum of 1 / (constant + rank), ranks from 1.

    Cormack, Clarke & Buettcher 2009. A chunk missing from a ranking gets nothing from it.
    """
    joined: dict[int, float] = {}
    for ranking in rankings:
        for rank, (position, _) in enumerate(ranking, start=1):
            joined[position] = joined.get(position, 0.0) + 1 / (constant + rank)
    return best_first(joined)


def weighted_fusion(
    rankings: Sequence[Ranking], weights: Sequence[float]
) -> list[tuple[int, float]]:
    """Join rankings by the weighted sum of their scores, each scaled to 0..1 by its range.

    The lowest score of a ranking is 0 and so is a chunk that is missing from it; where all its
    scores are equal they are 1. A ranking of weight 0 adds no chunks.
    """
    joined: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        if weight == 0 or not ranking:
            continue
        scores = [score for _, score in ranking]
        low, width = min(scores), max(scores) - min(scores)
        for position, score in ranking:
            scaled = (score - low) / width if width > 0 else 1.0
            joined[position] = joined.get(position, 0.0) + weight * scaled
    return best_first(joined)


def best_first(scores: dict[int, float]) -> list[tuple[int, float]]:
    """Return the items by falling score, equal ones by position."""
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
