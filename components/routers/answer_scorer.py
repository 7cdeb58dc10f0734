"""How likely an answer is right, learned from labelled questions: what a cascade goes by."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import Answer

from .agreement import overlap
from .question_features import FARTHEST
from .question_words import words_of
from .regressions import SuccessModel, fit_success

Evidence = NDArray[np.float64]

SUREST = 4.0
"""Log odds beyond which an answer's own confidence says no more: about .98."""


def evidence(answers: Sequence[Answer | None]) -> Evidence:
    """Return what speaks for and against the last of some answers, (6,) numbers.

    Its own confidence as log odds, whether it has none, how far it says the same as the most alike
    answer before it and as all of them on average, whether it abstains, and its length.

    Args:
        answers: Of the branches that were asked, in order; None where one failed, but not the last.
    """
    answer = answers[-1]
    assert answer is not None
    before = [overlap(answer, other) for other in answers[:-1] if other is not None]
    return np.array(
        [
            0.0 if answer.confidence is None else _log_odds(answer.confidence),
            float(answer.confidence is None),
            max(before, default=0.0),
            sum(before) / max(1, len(before)),
            float(answer.abstained),
            math.log1p(len(words_of(answer.text))),
        ]
    )


@dataclass(frozen=True, slots=True)
class AnswerScorer:
    """Predicts whether the answer of one step of a cascade is right.

    Attributes:
        means: Of the evidence.
        deviations: Of the evidence; 1 where it never varies.
        model: Of the evidence in that scale, then the question's features.
    """

    means: Evidence
    deviations: Evidence
    model: SuccessModel

    def probability(self, seen: Evidence, features: NDArray[np.float64]) -> float:
        """Return how likely the answer is right.

        Args:
            seen: Its `evidence`.
            features: Of the question, (size,).
        """
        scaled = _scaled(seen, self.means, self.deviations)
        return self.model.probability(np.concatenate([scaled, features]))


def fit_scorer(
    seen: NDArray[np.float64],
    features: NDArray[np.float64],
    scores: NDArray[np.float64],
    regularisation: float,
) -> AnswerScorer:
    """Fit a scorer: logistic regression on evidence and question.

    Args:
        seen: Evidence of each answer, (answers, 6).
        features: Of their questions, (answers, size).
        scores: What each answer is worth, (answers,), from 0 to 1.
        regularisation: Strength of the L2 penalty.
    """
    if len(seen) == 0:
        empty = np.zeros((0, seen.shape[1] + features.shape[1]))
        nothing = fit_success(empty, scores, regularisation)
        return AnswerScorer(np.zeros(seen.shape[1]), np.ones(seen.shape[1]), nothing)
    spread = seen.std(axis=0)
    means, deviations = seen.mean(axis=0), np.where(spread > 0, spread, 1.0)
    rows = np.hstack([_scaled(seen, means, deviations), features])
    return AnswerScorer(means, deviations, fit_success(rows, scores, regularisation))


def _scaled(
    seen: NDArray[np.float64], means: Evidence, deviations: Evidence
) -> NDArray[np.float64]:
    """Return evidence of deviation 1; what is rare, as an abstention may be, outweighs nothing."""
    found: NDArray[np.float64] = ((seen - means) / deviations).clip(-FARTHEST, FARTHEST)
    return found


def _log_odds(probability: float) -> float:
    bound = 1 / (1 + math.exp(-SUREST))
    clipped = min(max(probability, 1 - bound), bound)
    return math.log(clipped / (1 - clipped))
