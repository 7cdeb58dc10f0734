"""Routing by labelled questions that are near."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import IntDomain, parameter
from syftr_like.contracts.learning import Try

from .crossfitting import CrossFitted, Rows, cross_fit
from .labelled import LabelledQuestions, scale_of, try_branches
from .learned_choice import Chooser, ChoosingParameters, ChoosingRouter, best_branch


class KnnRouter(ChoosingRouter):
    """Asks the branch that did best on the most similar labelled questions.

    Tries every branch on every labelled question once, at index time. A question's `k` nearest by
    the embedder vote with their similarity. The branch of the best mean score wins, less
    `cost_weight` times its mean cost among them, as a share of the dearest branch's mean cost.
    Where none is similar, all vote alike. For topics that branches are good or bad at; a baseline
    that is hard to beat (nearest neighbours in RouterBench, Hu et al. 2024).
    """

    name = "knn_router"

    class Parameters(ChoosingParameters):
        """How many neighbours vote."""

        k: int = parameter(
            20, "Labelled questions that vote.", ge=1, le=1000, search=IntDomain(5, 50, log=True)
        )

    parameters: Parameters

    async def fit(
        self, labelled: LabelledQuestions, branches: tuple[str, ...], attempt: Try
    ) -> CrossFitted[Chooser]:
        """Try every branch on every question."""
        p = self.parameters
        labels = await try_branches(labelled.questions, branches, attempt, p)

        def of(rows: Rows) -> Chooser:
            vectors, costs = labelled.vectors[rows], labels.costs[rows]
            return NearestLabels(vectors, labels.scores[rows], costs, p.k, p.cost_weight)

        return cross_fit(labelled.texts, p.folds, of)


@dataclass(frozen=True, slots=True)
class NearestLabels:
    """Labelled questions that vote for branches.

    Attributes:
        vectors: Of unit length, (questions, dimensions).
        scores: (questions, branches).
        costs: (questions, branches).
        k: How many vote.
        cost_weight: What the mean cost of the dearest branch weighs against a score of 1.
    """

    vectors: NDArray[np.float32]
    scores: NDArray[np.float64]
    costs: NDArray[np.float64]
    k: int
    cost_weight: float

    def choose(self, text: str, vector: NDArray[np.float32]) -> int:
        """Return the place of the branch that the nearest vote for."""
        weights = self._weights(vector)
        scores, costs = weights @ self.scores, weights @ self.costs
        relative = costs / scale_of(self.costs)
        return best_branch(scores - self.cost_weight * relative, costs)

    def _weights(self, vector: NDArray[np.float32]) -> NDArray[np.float64]:
        """Return what each question's vote counts, of sum 1."""
        similar = np.round((self.vectors @ vector).astype(float), 6).clip(min=0)
        nearest = np.argsort(-similar, kind="stable")[: self.k]
        weights = np.zeros(len(similar))
        weights[nearest] = similar[nearest]
        if not weights.any():
            weights[:] = 1.0
        found: NDArray[np.float64] = weights / weights.sum()
        return found
