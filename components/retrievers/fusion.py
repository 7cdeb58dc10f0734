"""Joining rankings of the same chunks."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from math import sqrt
from statistics import fmean
from typing import Literal, TypeAlias

from syftr_like.contracts.fusing import reciprocal_ranks

Ranking: TypeAlias = Sequence[tuple[int, float]]
"""Positions of chunks with their scores, best first."""

Normalisation: TypeAlias = Literal["min_max", "z_score", "distribution_based"]
"""How scores of unlike scales are made comparable; see `weighted_fusion`."""


def reciprocal_rank_fusion(rankings: Sequence[Ranking], constant: float) -> list[tuple[int, float]]:
    """Join rankings by the sum of 1 / (constant + rank), ranks from 1.

    Cormack, Clarke & Buettcher 2009. A chunk missing from a ranking gets nothing from it.
    """
    positions = [[position for position, _ in ranking] for ranking in rankings]
    return best_first(reciprocal_ranks(positions, constant))


def weighted_fusion(
    rankings: Sequence[Ranking],
    weights: Sequence[float],
    normalisation: Normalisation = "min_max",
) -> list[tuple[int, float]]:
    """Join rankings by the weighted sum of their scores, each ranking's brought to one scale.

    A chunk that is missing from a ranking counts 0 there. A ranking of weight 0 adds no chunks.

    Args:
        rankings: Rankings with scores of any scale.
        weights: The weight of each ranking.
        normalisation: From what a ranking's scores are counted, and in what unit: `min_max` from
            its lowest, in its range, so that they lie in 0..1; `z_score` from its lowest, in its
            standard deviation, so that the best of a ranking in which few stand out counts for
            more; `distribution_based` from three standard deviations below its mean, in six of
            them (Mazzeschi 2023), so that one outlier moves the rest less, and a chunk in both
            rankings, however low, goes before many that are in one. Where all its scores are equal
            they are 1, or 0.5, the middle, with `distribution_based`.
    """
    joined: dict[int, float] = {}
    for ranking, weight in zip(rankings, weights, strict=True):
        if weight == 0 or not ranking:
            continue
        scaled = _NORMALISED[normalisation]([score for _, score in ranking])
        for (position, _), score in zip(ranking, scaled, strict=True):
            joined[position] = joined.get(position, 0.0) + weight * score
    return best_first(joined)


def _min_max(scores: Sequence[float]) -> list[float]:
    low, width = min(scores), max(scores) - min(scores)
    return [(score - low) / width if width > 0 else 1.0 for score in scores]


def _z_score(scores: Sequence[float]) -> list[float]:
    low, deviation = min(scores), _deviation(scores)
    return [(score - low) / deviation if deviation > 0 else 1.0 for score in scores]


def _distribution_based(scores: Sequence[float]) -> list[float]:
    mean, deviation = fmean(scores), _deviation(scores)
    low, width = mean - 3 * deviation, 6 * deviation
    return [(score - low) / width if width > 0 else 0.5 for score in scores]


def _deviation(scores: Sequence[float]) -> float:
    if min(scores) == max(scores):  # exactly none, also where their mean is rounded
        return 0.0
    mean = fmean(scores)
    return sqrt(fmean((score - mean) ** 2 for score in scores))


_NORMALISED: Mapping[Normalisation, Callable[[Sequence[float]], list[float]]] = {
    "min_max": _min_max,
    "z_score": _z_score,
    "distribution_based": _distribution_based,
}


def best_first(scores: dict[int, float]) -> list[tuple[int, float]]:
    """Return the items by falling score, equal ones by position."""
    return sorted(scores.items(), key=lambda item: (-item[1], item[0]))
