"""Routers and cascades over the table; what decides is the components' own code.

Each method is fitted on some questions and serves others. The branches of a router and the chain of
a cascade, its thresholds and the weight of cost are chosen on the fitting half alone.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations
from typing import Any

import numpy as np
from table import Array, Table

from syftr_like.components.routers.agreement import best_overlap
from syftr_like.components.routers.answer_scorer import evidence
from syftr_like.components.routers.calibrated_cascade import fit_scorers
from syftr_like.components.routers.escalation import escalate
from syftr_like.components.routers.knn_router import NearestLabels
from syftr_like.components.routers.linear_bandit import LinearBandit
from syftr_like.components.routers.predictive_router import fit_predictions
from syftr_like.contracts import Answer

WEIGHTS = (0.0, 0.003, 0.01, 0.02, 0.04, 0.08, 0.15, 0.3, 0.6, 1.0)
THRESHOLDS = tuple(round(0.3 + 0.025 * step, 3) for step in range(27))
FOLDS = 5


@dataclass(frozen=True)
class Served:
    """What questions came to: score and cost of each."""

    scores: Array
    costs: Array

    @property
    def accuracy(self) -> float:
        return float(self.scores.mean())

    @property
    def cost(self) -> float:
        return float(self.costs.mean())


def single(table: Table, model: int) -> Served:
    return Served(table.scores[:, model], table.costs[:, model])


def chosen(table: Table, models: Any) -> Served:
    rows = np.arange(len(table))
    return Served(table.scores[rows, models], table.costs[rows, models])


def oracle(table: Table) -> Served:
    """The cheapest model that is right; where none is, the cheapest."""
    right = np.where(table.scores > 0, table.costs, np.inf)
    cheapest = table.costs.argmin(axis=1)
    return chosen(table, np.where(table.scores.any(axis=1), right.argmin(axis=1), cheapest))


def by_category(fit: Table, serve: Table, weight: float) -> Served:
    """The best model of each category, less `weight` times its share of the dearest's cost."""
    scale = fit.costs.mean(axis=0).max()
    best = {}
    for category in np.unique(fit.category):
        rows = fit.category == category
        values = fit.scores[rows].mean(axis=0) - weight * fit.costs[rows].mean(axis=0) / scale
        best[category] = int(values.argmax())
    return chosen(serve, [best[category] for category in serve.category])


def nearest(fit: Table, serve: Table, weight: float, labels: int = 1000, k: int = 50) -> Served:
    """`knn_router` on the features, of unit length."""
    vectors = fit.features / np.linalg.norm(fit.features, axis=1, keepdims=True)
    asked = serve.features / np.linalg.norm(serve.features, axis=1, keepdims=True)
    known = NearestLabels(
        vectors[:labels].astype(np.float32), fit.scores[:labels], fit.costs[:labels], k, weight
    )
    return chosen(serve, [known.choose("", vector.astype(np.float32)) for vector in asked])


def predictive(fit: Table, serve: Table, weight: float) -> Served:
    """`predictive_router`."""
    predictions = fit_predictions(fit.features, fit.scores, fit.costs, 10.0)
    return chosen(serve, [predictions.best(row, weight) for row in serve.features])


def bandit(fit: Table, serve: Table, weight: float) -> Served:
    """`bandit_router`, of one fold: one model is tried on each question of the fitting half."""
    contexts, asked = (np.insert(t.features, 0, 1.0, axis=1) for t in (fit, serve))
    known = LinearBandit(len(fit.models), contexts.shape[1], 1.0)
    for row, context in enumerate(contexts):
        arm = known.to_try(context, 0.5, weight, 0)
        known.learn(arm, context, fit.scores[row, arm], fit.costs[row, arm])
    return chosen(serve, [known.best(context, weight) for context in asked])


ROUTERS: dict[str, Callable[[Table, Table, float], Served]] = {
    "routing by category": by_category,
    "knn_router": nearest,
    "predictive_router": predictive,
    "bandit_router": bandit,
}


@dataclass
class Recorded:
    """A branch that gives its recorded answer, and counts that it was asked."""

    name: str
    recorded: Answer
    asked: bool = False

    async def ask(self, text: str | None = None) -> Answer:
        self.asked = True
        return self.recorded


async def _agreed(answers: Sequence[Answer | None]) -> float | None:
    answer = answers[-1]
    assert answer is not None
    return best_overlap(answer, answers[:-1])


def run_cascade(
    table: Table,
    thresholds: Sequence[float],
    confidence: Callable[[int], Any],
    together: int,
) -> Served:
    """Run the components' cascade over the models of a table, in their order."""

    async def all_of_them() -> tuple[list[float], list[float]]:
        scores, costs = [], []
        for row, given in enumerate(table.answers):
            branches = {m: Recorded(m, a) for m, a in zip(table.models, given, strict=True)}
            stood = await escalate(branches, thresholds, confidence(row), together=together)
            asked = [branch.asked for branch in branches.values()]
            place = next(n for n, answer in enumerate(given) if answer is stood.answer)
            scores.append(table.scores[row, place])
            costs.append(float(table.costs[row][asked].sum()))
        return scores, costs

    scores, costs = asyncio.run(all_of_them())
    return Served(np.array(scores), np.array(costs))


def agreement(table: Table, chain: Sequence[int]) -> Served:
    """`cascade` by agreement; letters are the same or not, so that thresholds say nothing."""
    part = table.of(chain)
    return run_cascade(part, [0.5] * (len(chain) - 1), lambda row: _agreed, together=2)


def agreement_at_once(table: Table, chain: Sequence[int]) -> Served:
    """The same for all questions at once, to look through many chains."""
    letters = table.letters[:, chain]
    open_ = np.ones(len(table), dtype=bool)
    scores, costs = np.zeros(len(table)), np.zeros(len(table))
    for step, model in enumerate(chain):
        costs += np.where(open_, table.costs[:, model], 0.0)
        same = (letters[:, :step] == letters[:, [step]]).any(axis=1) & (letters[:, step] >= 0)
        ends = open_ & (same | (step == len(chain) - 1))
        scores[ends] = table.scores[ends, model]
        open_ &= ~ends
    return Served(scores, costs)


def chains(models: Sequence[int], longest: int = 4) -> Iterator[tuple[int, ...]]:
    for length in range(3, longest + 1):
        for chain in permutations(models, length):
            if chain[0] < chain[1]:  # the first two are asked together
                yield chain


class Calibrated:
    """`calibrated_cascade` of a chain: likelihoods once, then any threshold."""

    def __init__(self, fit: Table, serve: Table, chain: Sequence[int]) -> None:
        self.serve = serve.of(chain)
        known = fit.of(chain[:-1])
        self.scorers = fit_scorers(known.answers, known.features, known.scores, 10.0)
        self.likely = np.array(
            [
                [
                    scorer.probability(evidence(given[: step + 1]), features)
                    for step, scorer in enumerate(self.scorers)
                ]
                for given, features in zip(self.serve.answers, self.serve.features, strict=True)
            ]
        )

    def at(self, thresholds: Sequence[float]) -> Served:
        """Return what comes of thresholds: `escalate` for all questions at once."""
        open_ = np.ones(len(self.serve), dtype=bool)
        scores, costs = np.zeros(len(self.serve)), np.zeros(len(self.serve))
        for step in range(len(self.serve.models)):
            costs += np.where(open_, self.serve.costs[:, step], 0.0)
            last = step == len(thresholds)
            ends = open_ if last else open_ & (self.likely[:, step] >= thresholds[step])
            scores[ends] = self.serve.scores[ends, step]
            open_ = open_ & ~ends
        return Served(scores, costs)

    def by_component(self, thresholds: Sequence[float]) -> Served:
        """Return the same from the component's own `escalate`."""

        def confidence(row: int) -> Any:
            async def likely(answers: Sequence[Answer | None]) -> float:
                scorer = self.scorers[len(answers) - 1]
                return scorer.probability(evidence(answers), self.serve.features[row])

            return likely

        return run_cascade(self.serve, thresholds, confidence, together=1)


def cross_served(table: Table, serve: Callable[[Table, Table], Served]) -> Served:
    """Return what each fold of a table comes to, fitted on the others."""
    fold = np.arange(len(table)) % FOLDS
    scores, costs = np.zeros(len(table)), np.zeros(len(table))
    for number in range(FOLDS):
        rows = fold == number
        served = serve(table.part(~rows), table.part(rows))
        scores[rows], costs[rows] = served.scores, served.costs
    return Served(scores, costs)
