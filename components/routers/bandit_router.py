"""Routing by a contextual bandit, which tries one branch on each labelled question."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import FloatDomain, parameter
from syftr_like.contracts.learning import Try

from .crossfitting import CrossFitted, deal
from .labelled import LabelledQuestions, spent, worth
from .learned_choice import Chooser, ChoosingRouter
from .linear_bandit import LinearBandit, joined
from .predictive_router import FeatureParameters
from .question_features import QuestionFeatures, question_features


class BanditRouter(ChoosingRouter):
    """Learns by trying one branch on each labelled question, instead of all of them.

    Learning costs about as many answers as there are labelled questions, whatever the number of
    branches: for many branches, or dear ones. A linear contextual bandit (LinUCB with disjoint
    arms, Li et al. 2010) tries the branch that may be best, less `cost_weight` times its mean cost
    as a share of the dearest's; then the one that is best as far as is known is asked. Each fold of
    the labelled questions has a bandit of its own, so that none of what is known when a tune
    question is served has come from its label, not even which branch was tried elsewhere. With few
    branches and cheap ones `predictive_router` learns more from the same questions.
    """

    name = "bandit_router"

    class Parameters(FeatureParameters):
        """How far it explores."""

        exploration: float = parameter(
            0.5, "Width of the upper bounds, in standard errors; 0 tries what looks best.", ge=0,
            le=10, search=FloatDomain(0.1, 2.0, log=True),
        )  # fmt: skip
        ridge: float = parameter(
            1.0, "Strength of the L2 penalty on each branch's weights.", gt=0, le=1e6,
            search=FloatDomain(0.1, 10.0, log=True),
        )  # fmt: skip

    parameters: Parameters

    async def fit(
        self, labelled: LabelledQuestions, branches: tuple[str, ...], attempt: Try
    ) -> CrossFitted[Chooser]:
        """Try one branch on every question; the folds go on side by side."""
        p = self.parameters
        folds = deal(labelled.texts, p.folds)
        features = question_features(labelled.texts, labelled.vectors, p.components)
        known = features.of_all(labelled.texts, labelled.vectors)

        async def explored(fold: int) -> LinearBandit:
            bandit = LinearBandit(len(branches), features.size + 1, p.ridge)
            for row in folds.rows[fold]:
                context = np.append(1.0, known[row])
                arm = bandit.to_try(context, p.exploration, p.cost_weight, fold)
                tried = await attempt(labelled.questions[row], branches[arm])
                bandit.learn(arm, context, worth(tried, p), spent(tried, p))
            return bandit

        try:
            async with asyncio.TaskGroup() as group:
                tasks = [group.create_task(explored(n)) for n in range(len(folds.rows))]
        except BaseExceptionGroup as failed:
            raise failed.exceptions[0] from failed
        bandits = [task.result() for task in tasks]

        def serving(known: list[LinearBandit]) -> Chooser:
            return KnownBest(features, joined(known), p.cost_weight)

        without = (bandits[:fold] + bandits[fold + 1 :] for fold in range(len(bandits)))
        return CrossFitted(folds, serving(bandits), tuple(serving(others) for others in without))


@dataclass(frozen=True, slots=True)
class KnownBest:
    """Chooses what a bandit holds for best."""

    features: QuestionFeatures
    bandit: LinearBandit
    cost_weight: float

    def choose(self, text: str, vector: NDArray[np.float32]) -> int:
        """Return the place of the branch that is best as far as is known."""
        context = np.append(1.0, self.features.of(text, vector))
        return self.bandit.best(context, self.cost_weight)
