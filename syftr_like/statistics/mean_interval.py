"""95 % intervals for a mean, in closed form."""

from __future__ import annotations

import math
from functools import lru_cache

Interval = tuple[float, float]

NORMAL = 1.959963984540054
"""The .975 quantile of the normal distribution."""

PSEUDO_SCORES = 1.0
"""How many scores' weight the largest possible variance has in `bounded_interval`."""


def wilson_interval(share: float, n: float, critical: float = NORMAL) -> Interval:
    """Return Wilson's score interval for a share of n independent trials.

    Args:
        share: Observed share in [0, 1].
        n: Number of trials; an effective number need not be whole.
        critical: Quantile that sets the confidence.

    References:
        Wilson: Probable inference, the law of succession, and statistical inference. JASA 22,
        1927. Recommended for small n by Brown, Cai, DasGupta: Interval estimation for a binomial
        proportion. Statistical Science 16, 2001.
    """
    square = critical * critical / n
    centre = (share + square / 2) / (1 + square)
    half = critical / (1 + square) * math.sqrt((share * (1 - share) + square / 4) / n)
    return max(0.0, centre - half), min(1.0, centre + half)


def bounded_interval(mean: float, variance: float, n: int) -> Interval:
    """Return an interval for the mean of n >= 2 scores in [0, 1] that never leaves [0, 1].

    Scores in [0, 1] vary at most as much as zeros and ones of the same mean do. Their variance
    over that maximum says how many zeros and ones they are worth, and the interval is Wilson's
    for that effective number, with Student's quantile. The maximum itself enters with the weight
    of `PSEUDO_SCORES` scores, so that a few scores that happen to be alike do not pass for
    certainty. For scores of zeros and ones it is Wilson's interval but for the quantile.

    Simulated coverage over ten distributions (U- and bell-shaped, skewed, zero- and one-inflated)
    is .94 or more at 12, 36 and 120 scores, where the BCa bootstrap falls to .65 at 12. What no
    interval without a prior catches is a rare zero among scores near one before it occurs.

    Args:
        mean: Of the scores.
        variance: Mean squared deviation of the scores (divided by n).
        n: Number of scores.

    References:
        The effective number is the one of survey samples: Dean, Pagano: Evaluating confidence
        interval methods for binomial proportions in clustered surveys. Journal of Survey
        Statistics and Methodology 3, 2015.
    """
    largest = mean * (1 - mean)
    effect = min(1.0, variance / largest) if largest > 0 else 1.0
    effect = (n * effect + PSEUDO_SCORES) / (n + PSEUDO_SCORES)
    return wilson_interval(mean, n / effect, student_critical(n - 1))


def student_interval(mean: float, deviation: float, n: int) -> Interval:
    """Return Student's interval for the mean of n >= 2 scores.

    Args:
        mean: Of the scores.
        deviation: Their standard deviation (divided by n - 1).
        n: Number of scores.
    """
    half = student_critical(n - 1) * deviation / math.sqrt(n)
    return mean - half, mean + half


@lru_cache(maxsize=4096)
def student_critical(degrees: int) -> float:
    """Return the .975 quantile of Student's t distribution."""
    from scipy.special import stdtrit

    return float(stdtrit(degrees, 0.975))
