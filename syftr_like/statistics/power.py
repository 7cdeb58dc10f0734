"""What difference between two flows so many questions can show, and how many it needs.

Two flows answer the same questions, so that it is the differences per question that count: the
paired t-test, two-sided. For scores of 0 and 1 their standard deviation is the root of the share
of questions on which the flows disagree (less the squared mean difference): about .3 for flows
that answer mostly alike, .6 for flows that have little in common.

Reference:
    Cohen: Statistical power analysis for the behavioral sciences, 2nd edition, 1988, chapter 2.
"""

from __future__ import annotations

import math

POWER = 0.8
"""How often a difference of the stated size is to be found."""

ALPHA = 0.05
"""How often a difference is to be found where there is none."""

_MOST_QUESTIONS = 10**9

_TAIL, _NODES = 1e-13, 80


def paired_power(
    questions: int, difference: float, deviation: float, *, alpha: float = ALPHA
) -> float:
    """Return how often the paired t-test finds a difference.

    Args:
        questions: How many both flows answer; at least 2.
        difference: True mean difference, above 0.
        deviation: Standard deviation of the differences per question, above 0.
        alpha: Level of the test, two-sided.

    Raises:
        ValueError: A number outside its bounds.
    """
    import numpy as np
    from scipy.stats import chi, norm, t

    _check(questions, deviation, alpha)
    if difference <= 0:
        raise ValueError(f"a difference is above 0, not {difference}")
    freedom = questions - 1
    critical = float(t.ppf(1 - alpha / 2, freedom))
    shift = difference / deviation * math.sqrt(questions)
    # Over the possible errors of the estimated deviation, as a ratio to the true one. scipy's
    # noncentral t would be the same, but is NaN for large shifts.
    root = math.sqrt(freedom)
    low, high = chi.ppf([_TAIL, 1 - _TAIL], freedom) / root
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    ratio = low + (nodes + 1) / 2 * (high - low)
    found = norm.cdf(shift - critical * ratio) + norm.cdf(-shift - critical * ratio)
    density = chi.pdf(ratio * root, freedom) * root
    return float(np.clip((weights * density * found).sum() * (high - low) / 2, 0.0, 1.0))


def detectable_difference(
    questions: int, deviation: float, *, power: float = POWER, alpha: float = ALPHA
) -> float:
    """Return the least true difference that the paired t-test finds with this power.

    Args:
        questions: How many both flows answer; at least 2.
        deviation: Standard deviation of the differences per question, above 0.
        power: How often it is to be found, above alpha and below 1.
        alpha: Level of the test, two-sided.

    Raises:
        ValueError: A number outside its bounds.
    """
    from scipy.optimize import brentq
    from scipy.stats import norm, t

    _check(questions, deviation, alpha)
    if not alpha < power < 1:
        raise ValueError(f"the power is between alpha and 1, not {power}")
    unit = deviation / math.sqrt(questions)
    # What quantiles of t say is close, and above the answer once doubled.
    about = float(t.ppf(1 - alpha / 2, questions - 1) + norm.ppf(power))
    high = 2 * about * unit
    while paired_power(questions, high, deviation, alpha=alpha) < power:
        high *= 2
    return float(
        brentq(
            lambda d: paired_power(questions, d, deviation, alpha=alpha) - power,
            1e-9 * unit,
            high,
            rtol=1e-9,
        )
    )


def questions_needed(
    difference: float, deviation: float, *, power: float = POWER, alpha: float = ALPHA
) -> int:
    """Return the least number of questions with which the paired t-test finds a difference.

    Args:
        difference: True mean difference, above 0.
        deviation: Standard deviation of the differences per question, above 0.
        power: How often it is to be found.
        alpha: Level of the test, two-sided.

    Raises:
        ValueError: A number outside its bounds, or more than a billion are needed.
    """

    def enough(questions: int) -> bool:
        return paired_power(questions, difference, deviation, alpha=alpha) >= power

    low, high = 1, 2
    while not enough(high):
        low, high = high, 2 * high
        if high > _MOST_QUESTIONS:
            raise ValueError(f"a difference of {difference} needs more than a billion questions")
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _check(questions: int, deviation: float, alpha: float) -> None:
    if questions < 2:
        raise ValueError(f"a paired test takes at least 2 questions, not {questions}")
    if not (deviation > 0 and math.isfinite(deviation)):
        raise ValueError(f"a standard deviation is above 0, not {deviation}")
    if not 0 < alpha < 1:
        raise ValueError(f"alpha is between 0 and 1, not {alpha}")
