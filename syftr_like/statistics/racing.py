"""Whether a trial is outrun for sure: dominated by another one on the same questions."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syftr_like.contracts.evaluator import Direction

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

STAKES = (1 / 16, 1 / 8, 1 / 4, 3 / 8, 1 / 2, 5 / 8, 3 / 4, 7 / 8)
"""Which part of its capital a bettor stakes on each question; bets are spread over all of them.

Small stakes find small differences over many questions, large ones great differences over few.
"""

MARGIN = 0.1
"""Trials that never differ are equal when a mean difference beyond this would have shown.

Relative to the range of the scores, or as a relative difference, as `Measure.differences`.
"""


@dataclass(frozen=True, slots=True)
class Measure:
    """How the scores of one objective are compared.

    Attributes:
        direction: Which way is better.
        bounds: Least and greatest possible score, None where there is none.
    """

    direction: Direction
    bounds: tuple[float | None, float | None] = (None, None)

    def differences(self, scores: Floats, rival: Floats) -> Floats:
        """Return by how much the rival is better on each question, from -1 to 1.

        Scores with two bounds differ by parts of their distance; others, such as costs, by
        (a - b) / (|a| + |b|), which is 0 where both are 0: a ratio counts alike at any scale.

        Raises:
            ValueError: The two have not the same questions, or a score is not finite.
        """
        import numpy as np

        a, b = np.asarray(scores, dtype=np.float64), np.asarray(rival, dtype=np.float64)
        if a.ndim != 1 or a.shape != b.shape:
            raise ValueError(f"scores of shape {a.shape} and {b.shape} have no pairs")
        if not (np.isfinite(a).all() and np.isfinite(b).all()):
            raise ValueError("a score is not a finite number")
        low, high = self.bounds
        if low is not None and high is not None:
            relative = (a - b) / (high - low)
        else:
            size = np.abs(a) + np.abs(b)
            relative = (a - b) / np.where(size > 0, size, 1.0)
        relative = np.clip(relative, -1.0, 1.0)  # bounds may be exceeded by rounding
        better: Floats = -relative if self.direction is Direction.MAXIMIZE else relative
        return better


def log_evidence(differences: Floats) -> float:
    """Return the logarithm of an e-value against 'the mean difference is 0 or less'.

    It is the capital of a bettor who starts with 1, spread over `STAKES`, after bets on each
    question. When the hypothesis is true, the capital ever reaches 1/alpha with a probability of
    alpha at most, however often and whenever one looks. The order of the questions makes no
    difference to it.

    Args:
        differences: Each from -1 to 1, of questions drawn at random.

    References:
        Waudby-Smith, Ramdas: Estimating means of bounded random variables by betting. JRSS B 86,
        2024. Howard, Ramdas, McAuliffe, Sekhon: Time-uniform, nonparametric, nonasymptotic
        confidence sequences. Annals of Statistics 49, 2021.
    """
    import numpy as np

    capital = np.log1p(np.outer(STAKES, differences)).sum(axis=1)
    highest = capital.max()
    return float(highest + np.log(np.exp(capital - highest).mean()))


def dominated_by(
    trial: Sequence[Floats],
    rivals: Mapping[int, Sequence[Floats]],
    measures: Sequence[Measure],
    *,
    alpha: float = 0.05,
    among: int | None = None,
) -> int | None:
    """Return the rival that dominates a trial for sure, None if none does.

    Domination asks for evidence in every objective, which needs no correction: the weakest of
    them errs with a probability of `alpha` at most. The correction over rivals divides alpha
    among them. May be asked again after any number of further questions.

    An objective in which the two never differed counts as no worse if the questions are so many
    that a mean difference beyond `MARGIN` would have shown with a probability of 1 - alpha. One
    with evidence there must be. Quantiles have no bound below some hundred questions: such an
    objective is raced on the mean of its scores.

    Args:
        trial: For each objective the scores on the first questions that its metric applies to.
        rivals: Number of each rival to its scores on the same questions.
        measures: How the scores of each objective are compared.
        alpha: Probability that a trial is ever called dominated by one that does not dominate it.
        among: From how many trials the rivals were selected by these same scores: a front holds
            whoever was lucky. None where they were not selected.

    Raises:
        ValueError: Objectives or questions do not match, a score is not finite, alpha is not
            between 0 and 1, or there are more rivals than trials to select from.

    References:
        Berger: Multiparameter hypothesis testing and acceptance sampling. Technometrics 24, 1982,
        for the intersection-union test.
    """
    family = len(rivals) if among is None else among
    if not 0 < alpha < 1 or family < len(rivals):
        raise ValueError(f"alpha is {alpha}; {len(rivals)} rivals among {family} trials")
    surest: tuple[float, int] | None = None
    for number, rival in sorted(rivals.items()):
        evidence = _domination(trial, rival, measures, alpha)
        if evidence >= math.log(family / alpha) and (surest is None or evidence > surest[0]):
            surest = evidence, number
    return None if surest is None else surest[1]


def _domination(
    trial: Sequence[Floats], rival: Sequence[Floats], measures: Sequence[Measure], alpha: float
) -> float:
    """Return the logarithm of the evidence in the objective that has least of it."""
    weakest = math.inf
    for measure, own, other in zip(measures, trial, rival, strict=True):
        differences = measure.differences(own, other)
        if not differences.any() and len(differences) * -math.log1p(-MARGIN) >= -math.log(alpha):
            continue
        weakest = min(weakest, log_evidence(differences))
    # All objectives equal: no evidence that the rival is better anywhere.
    return -math.inf if math.isinf(weakest) else weakest
