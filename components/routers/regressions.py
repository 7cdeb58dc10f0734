"""Small regressions that hold back where labels are few."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Vector = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class SuccessModel:
    """The probability of success, by logistic regression.

    Attributes:
        weights: Of the features.
        intercept: The log odds where all features are 0.
    """

    weights: Vector
    intercept: float

    def probability(self, features: Vector) -> float:
        """Return the probability of success, given features of shape (size,)."""
        log_odds = float(features @ self.weights) + self.intercept
        return float(1 / (1 + np.exp(-min(max(log_odds, -500.0), 500.0))))


def fit_success(features: Vector, scores: Vector, regularisation: float) -> SuccessModel:
    """Fit the probability of success; a score between 0 and 1 counts as part of each.

    Where all succeeded, or all failed, it is the same for every question: (successes + 1) /
    (questions + 2), the rule of succession.

    Args:
        features: (questions, size).
        scores: (questions,), from 0 to 1.
        regularisation: Strength of the L2 penalty: the weights' squares count this many times half.
    """
    n, size = features.shape
    if n == 0 or (scores.min() == scores.max() and scores[0] in (0.0, 1.0)):
        share = (scores.sum() + 1) / (n + 2)
        return SuccessModel(np.zeros(size), float(np.log(share / (1 - share))))
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=1 / regularisation, max_iter=1000)
    outcomes = np.repeat([1, 0], n)
    model.fit(np.vstack([features, features]), outcomes, np.concatenate([scores, 1 - scores]))
    return SuccessModel(model.coef_[0], float(model.intercept_[0]))


@dataclass(frozen=True, slots=True)
class CostModel:
    """The expected cost, by ridge regression on its logarithm.

    Attributes:
        weights: Of the features.
        intercept: The logarithm of the cost where all features are 0.
        least: No prediction is below the least cost that was seen,
        most: nor above the greatest.
    """

    weights: Vector
    intercept: float
    least: float
    most: float

    def cost(self, features: Vector) -> float:
        """Return the expected cost, given features of shape (size,)."""
        if self.most <= 0:
            return 0.0
        # Clipped as a logarithm: an unusual question must not overflow.
        log = min(max(float(features @ self.weights) + self.intercept, -700.0), 700.0)
        return min(max(float(np.exp(log)), self.least), self.most)


def fit_cost(features: Vector, costs: Vector, regularisation: float) -> CostModel:
    """Fit the expected cost; where some cost nothing, it is the mean for every question.

    Args:
        features: (questions, size), at least one.
        costs: (questions,), at least 0.
        regularisation: Strength of the L2 penalty.
    """
    size = features.shape[1]
    if costs.min() <= 0:
        mean = float(costs.mean())
        return CostModel(np.zeros(size), float(np.log(mean)) if mean > 0 else 0.0, mean, mean)
    logs = np.log(costs)
    centre = features.mean(axis=0)
    centred = features - centre
    gram = centred.T @ centred + regularisation * np.eye(size)
    weights = np.linalg.solve(gram, centred.T @ (logs - logs.mean()))
    fitted = logs.mean() + centred @ weights
    # The mean of what the logarithm misses by, so that the cost itself is right on average
    # (smearing, Duan 1983).
    smear = float(np.log(np.exp(logs - fitted).mean()))
    intercept = float(logs.mean() - centre @ weights) + smear
    return CostModel(weights, intercept, float(costs.min()), float(costs.max()))
