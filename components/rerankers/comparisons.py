"""Which passages are compared with each other, and the ranking that follows from it."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

_PRIOR = 0.5  # wins and losses against an average opponent, so that strengths stay finite
_PASSES = 100
_CLOSE = 1e-9


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two positions to be compared, in the order in which they are shown."""

    first: int
    second: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a comparison came to: the share of a win that `first` got, 1, 0 or 0.5."""

    comparison: Comparison
    share: float


def sampled_rounds(count: int, rounds: int, seed: str) -> list[Comparison]:
    """Return the first rounds of a tournament in which every two meet once.

    In a round each takes part in one comparison at most; with an odd number one sits out, another
    one each time. Who meets whom first, and who is shown first, follows from the seed.

    Args:
        count: How many are compared.
        rounds: Rounds at most; after `count` - 1 (`count`, if odd) every two have met.
        seed: The same one, the same comparisons.
    """
    draw = random.Random(seed)
    players: list[int | None] = list(range(count))
    draw.shuffle(players)
    if count % 2:
        players.append(None)
    found: list[Comparison] = []
    for _ in range(min(rounds, len(players) - 1)):
        half = len(players) // 2
        for one, other in zip(players[:half], reversed(players[half:]), strict=True):
            if one is not None and other is not None:
                shown = (one, other) if draw.random() < 0.5 else (other, one)
                found.append(Comparison(*shown))
        players[1:] = [players[-1], *players[1:-1]]
    return found


def win_shares(count: int, results: Sequence[Result]) -> list[float]:
    """Return the share of its comparisons that each won; 0.5 where it had none."""
    won, had = [0.0] * count, [0] * count
    for result in results:
        for position, share in _shares(result):
            won[position] += share
            had[position] += 1
    return [w / n if n else 0.5 for w, n in zip(won, had, strict=True)]


def strengths(count: int, results: Sequence[Result]) -> list[float]:
    """Return the log strengths of the Bradley-Terry model: who beat strong ones is strong.

    Each has half a win and half a loss against an average opponent on top of its comparisons, so
    that one who won all has a finite strength. Found by minorisation-maximisation.

    References:
        Bradley, Terry: Rank analysis of incomplete block designs. Biometrika 1952.
        Hunter: MM algorithms for generalized Bradley-Terry models. Annals of Statistics 2004.
    """
    won = np.full(count, _PRIOR)
    met = np.zeros((count, count))
    for result in results:
        for position, share in _shares(result):
            won[position] += share
        met[result.comparison.first, result.comparison.second] += 1
        met[result.comparison.second, result.comparison.first] += 1
    strength = np.ones(count)
    for _ in range(_PASSES):
        before = strength
        weights = (met / (before[:, None] + before[None, :])).sum(axis=1)
        strength = won / (weights + 2 * _PRIOR / (before + 1.0))
        if np.max(np.abs(strength - before), initial=0.0) < _CLOSE:
            break
    # Rounded, so that those with equal results tie whatever the order of summing.
    return [round(math.log(value), 6) for value in strength.tolist()]


def _shares(result: Result) -> tuple[tuple[int, float], tuple[int, float]]:
    first, second = result.comparison.first, result.comparison.second
    return (first, result.share), (second, 1.0 - result.share)
