"""Routing by predictions of each branch's success and cost."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import FloatDomain, IntDomain, parameter
from syftr_like.contracts.learning import Try

from .crossfitting import CrossFitted, Rows, cross_fit
from .labelled import LabelledQuestions, scale_of, try_branches
from .learned_choice import Chooser, ChoosingParameters, ChoosingRouter, best_branch
from .question_features import QuestionFeatures, question_features
from .regressions import CostModel, SuccessModel, fit_cost, fit_success


class FeatureParameters(ChoosingParameters):
    """Parameters of routers whose models take features of the question."""

    components: int = parameter(
        8, "Leading components of the questions' vectors that are features.", ge=0, le=256,
        search=IntDomain(2, 32, log=True),
    )  # fmt: skip


class PredictiveRouter(ChoosingRouter):
    """Predicts for each branch how likely it is right and what it costs, and asks the best.

    Tries every branch on every labelled question once, at index time. Features are the question's
    length, names, numbers and question word, and the leading components of its vector. Success is
    predicted by a logistic regression, cost by a ridge regression on its logarithm; the branch with
    the greatest probability, less `cost_weight` times its cost as a share of the dearest branch's
    mean cost, is asked. For branches of different strength, where what makes a question hard can be
    seen beforehand; from about a hundred labels. (Hybrid LLM, Ding et al. 2024; RouteLLM, Ong et
    al. 2024.)
    """

    name = "predictive_router"

    class Parameters(FeatureParameters):
        """How the predictions are made."""

        regularisation: float = parameter(
            10.0, "Strength of the L2 penalty; the fewer labels, the stronger.", gt=0, le=1e6,
            search=FloatDomain(0.1, 1000.0, log=True),
        )  # fmt: skip

    parameters: Parameters

    async def fit(
        self, labelled: LabelledQuestions, branches: tuple[str, ...], attempt: Try
    ) -> CrossFitted[Chooser]:
        """Try every branch on every question."""
        p = self.parameters
        labels = await try_branches(labelled.questions, branches, attempt, p)
        features = question_features(labelled.texts, labelled.vectors, p.components)
        known = features.of_all(labelled.texts, labelled.vectors)

        def of(rows: Rows) -> Chooser:
            predictions = fit_predictions(
                known[rows], labels.scores[rows], labels.costs[rows], p.regularisation
            )
            return BestPrediction(features, predictions, p.cost_weight)

        return cross_fit(labelled.texts, p.folds, of)


@dataclass(frozen=True, slots=True)
class Predictions:
    """What is predicted of each branch.

    Attributes:
        success: Per branch.
        cost: Per branch.
        scale: What costs are divided by.
    """

    success: tuple[SuccessModel, ...]
    cost: tuple[CostModel, ...]
    scale: float

    def best(self, features: NDArray[np.float64], cost_weight: float) -> int:
        """Return the place of the branch of most expected value, given features, (size,)."""
        likely = np.array([model.probability(features) for model in self.success])
        costs = np.array([model.cost(features) for model in self.cost])
        return best_branch(likely - cost_weight * costs / self.scale, costs)


def fit_predictions(
    features: NDArray[np.float64],
    scores: NDArray[np.float64],
    costs: NDArray[np.float64],
    regularisation: float,
) -> Predictions:
    """Fit success and cost of each branch.

    Args:
        features: (questions, size).
        scores: (questions, branches).
        costs: (questions, branches).
        regularisation: Strength of the L2 penalty.
    """
    return Predictions(
        tuple(fit_success(features, column, regularisation) for column in scores.T),
        tuple(fit_cost(features, column, regularisation) for column in costs.T),
        scale_of(costs),
    )


@dataclass(frozen=True, slots=True)
class BestPrediction:
    """Chooses by predictions from a question's features."""

    features: QuestionFeatures
    predictions: Predictions
    cost_weight: float

    def choose(self, text: str, vector: NDArray[np.float32]) -> int:
        """Return the place of the branch of most expected value."""
        return self.predictions.best(self.features.of(text, vector), self.cost_weight)
