"""From the scores of single questions to a trial's value with a 95 % interval."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from syftr_like.contracts.evaluator import Aggregation, Quantile

from .estimate import Estimate
from .mean_interval import bounded_interval, student_interval, wilson_interval
from .quantile_interval import order_statistics, quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Bounds = tuple[float | None, float | None]
"""Least and greatest possible score, None where there is none."""

ROUNDING = 1e-9
"""How far outside its bounds a score may lie, relative to their distance."""


def aggregate(aggregation: Aggregation, bounds: Bounds, scores: Sequence[float]) -> Estimate:
    """Return the aggregate of a metric's scores and its interval.

    A mean of scores that are all 0 or 1, where these are the bounds, has Wilson's interval; of
    other bounded scores one that generalises it (`bounded_interval`); of unbounded ones Student's,
    cut off at the bound there is. A quantile has an interval of order statistics, whose ends are
    None where there are too few questions. One score has no interval.

    Args:
        aggregation: Mean or quantile.
        bounds: Least and greatest possible score.
        scores: One per question that the metric applies to, in any order.

    Raises:
        ValueError: No scores, a score that is not finite, or one outside the bounds.
    """
    import numpy as np

    values = np.asarray(scores, dtype=np.float64)
    if values.ndim != 1 or not values.size:
        raise ValueError(f"expected scores of one metric, found an array of shape {values.shape}")
    if not np.isfinite(values).all():
        raise ValueError("a score is not a finite number")
    values.sort()  # the order of questions must not matter, not even by rounding
    _check_bounds(values, bounds)
    if isinstance(aggregation, Quantile):
        return _quantile_estimate(values, aggregation.level)
    return _mean_estimate(values, bounds)


def _check_bounds(values: NDArray[np.float64], bounds: Bounds) -> None:
    low, high = bounds
    slack = ROUNDING * (high - low) if low is not None and high is not None else ROUNDING
    if (low is not None and values[0] < low - slack) or (
        high is not None and values[-1] > high + slack
    ):
        raise ValueError(f"scores from {values[0]} to {values[-1]} exceed the bounds {bounds}")


def _mean_estimate(values: NDArray[np.float64], bounds: Bounds) -> Estimate:
    n = int(values.size)
    mean = float(math.fsum(values) / n)
    # The rounded mean of equal numbers may lie beside them.
    mean = min(max(mean, float(values[0])), float(values[-1]))
    if n == 1:
        return Estimate(mean, None, None, 1)
    low, high = bounds
    if low is not None and high is not None:
        mean = min(max(mean, low), high)
        scale = high - low
        share = (mean - low) / scale
        if ((values == low) | (values == high)).all():
            ends = wilson_interval(share, n)
        else:
            ends = bounded_interval(share, float(values.var()) / scale**2, n)
        ends = (low + scale * ends[0], low + scale * ends[1])
    else:
        ends = student_interval(mean, float(values.std(ddof=1)), n)
    least = -math.inf if low is None else low
    most = math.inf if high is None else high
    return Estimate(mean, max(least, min(ends[0], mean)), min(most, max(ends[1], mean)), n)


def _quantile_estimate(values: NDArray[np.float64], level: float) -> Estimate:
    n = int(values.size)
    low, high = order_statistics(n, level)
    return Estimate(
        quantile(values, level),
        None if low is None else float(values[low - 1]),
        None if high is None else float(values[high - 1]),
        n,
    )
