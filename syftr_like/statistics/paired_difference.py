"""How much two trials differ on the same questions, with a 95 % interval."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts.evaluator import Aggregation, Quantile

from .aggregate import Bounds, aggregate
from .estimate import Estimate
from .quantile_interval import quantile

RESAMPLES = 2000
"""Bootstrap samples for the difference of quantiles."""

FEWEST = 6
"""Questions that a bootstrap needs; below, no interval is better than a wrong one."""


def paired_difference(
    aggregation: Aggregation, bounds: Bounds, first: Sequence[float], second: Sequence[float]
) -> Estimate:
    """Return the second trial's aggregate less the first's.

    Both saw the same questions, so that what makes a question hard for both drops out: the
    interval is narrower than what the two intervals of the trials suggest. A mean is that of the
    differences, with the interval of a mean (`aggregate`). A quantile has the percentile interval
    of a bootstrap over questions (fixed seed), none below `FEWEST` questions.

    Args:
        aggregation: Mean or quantile.
        bounds: Least and greatest possible score.
        first: Scores of one trial, one per question.
        second: Scores of the other, on the same questions in the same order.

    Raises:
        ValueError: No scores, another number of them, or one that `aggregate` refuses.

    References:
        Efron, Tibshirani: An introduction to the bootstrap, 1993, section 13.3.
    """
    import numpy as np

    if len(first) != len(second):
        raise ValueError(f"{len(first)} scores cannot be paired with {len(second)}")
    before, after = aggregate(aggregation, bounds, first), aggregate(aggregation, bounds, second)
    a, b = np.asarray(first, dtype=np.float64), np.asarray(second, dtype=np.float64)
    if not isinstance(aggregation, Quantile):
        low, high = bounds
        width = None if low is None or high is None else high - low
        ends = (None, None) if width is None else (-width, width)
        return aggregate(aggregation, ends, list(b - a))
    n, level = len(a), aggregation.level
    value = after.value - before.value
    if n < FEWEST:
        return Estimate(value, None, None, n)
    drawn = np.random.default_rng(0).integers(0, n, size=(RESAMPLES, n))
    differences = np.sort(
        np.quantile(b[drawn], level, axis=1) - np.quantile(a[drawn], level, axis=1)
    )
    return Estimate(
        value,
        min(value, quantile(differences, 0.025)),
        max(value, quantile(differences, 0.975)),
        n,
    )
