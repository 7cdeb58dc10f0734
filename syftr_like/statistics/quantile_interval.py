"""Quantiles of a sample, and distribution-free intervals for them."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

TAIL = 0.025
"""Probability that an end of the interval may be wrong."""


def quantile(ascending: NDArray[np.float64], level: float) -> float:
    """Return a quantile of an ascending sample, linear between order statistics.

    This is definition 7 of Hyndman, Fan: Sample quantiles in statistical packages. The American
    Statistician 50, 1996; it is what NumPy and pandas compute by default.
    """
    position = (len(ascending) - 1) * level
    below = int(position)
    above = min(below + 1, len(ascending) - 1)
    low, high = float(ascending[below]), float(ascending[above])
    return low + (position - below) * (high - low)


@lru_cache(maxsize=4096)
def order_statistics(n: int, level: float) -> tuple[int | None, int | None]:
    """Return which order statistics, counted from 1, bound a quantile with 95 % confidence.

    The number of scores below the quantile is binomial whatever their distribution. Each end errs
    with probability 2.5 % at most, and is None where no order statistic is safe: the upper end
    for a p95 needs 72 scores, either end for a median 6.

    Args:
        n: Sample size.
        level: The quantile, in (0, 1).

    Raises:
        ValueError: The level is not in (0, 1).

    References:
        David, Nagaraja: Order Statistics, 3rd edition, 2003, section 7.1.
    """
    import numpy as np
    from scipy.special import bdtr

    if not 0 < level < 1:
        raise ValueError(f"a quantile's level lies between 0 and 1, not at {level}")
    # at_most[k] is the probability that k scores or fewer lie below the quantile.
    at_most = bdtr(np.arange(n, dtype=np.float64), n, level)
    low = int(np.count_nonzero(at_most <= TAIL))
    high = int(np.count_nonzero(at_most < 1 - TAIL)) + 1
    return (low if low >= 1 else None), (high if high <= n else None)
