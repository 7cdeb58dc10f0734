"""What routers share that learn which of their branches to ask."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    Answer,
    AskedAnswer,
    Embedder,
    Examples,
    FittedEmbedder,
    Indexes,
    Query,
    component_parameter,
)
from syftr_like.contracts.learning import LearningRouter, Try

from .crossfitting import CrossFitted
from .labelled import CostWeighingParameters, LabelledQuestions, embedded_questions


class Chooser(Protocol):
    """Knows which branch to ask."""

    def choose(self, text: str, vector: NDArray[np.float32]) -> int:
        """Return the place of the branch, from 0.

        Args:
            text: The question.
            vector: Its vector, (dimensions,).
        """
        ...


@dataclass(frozen=True, slots=True)
class Learned:
    """What was learned, and what embeds a question."""

    embedder: FittedEmbedder
    choosers: CrossFitted[Chooser]


class ChoosingParameters(CostWeighingParameters):
    """Parameters of every router that learns from the questions' vectors which branch to ask."""

    embedder: Embedder = component_parameter("lsa", "Turns questions into vectors.")


class ChoosingRouter(LearningRouter):
    """Base of routers that learn which one branch to ask.

    With a single branch nothing is tried, and it answers everything.
    """

    parameters: ChoosingParameters

    @abstractmethod
    async def fit(
        self, labelled: LabelledQuestions, branches: tuple[str, ...], attempt: Try
    ) -> CrossFitted[Chooser]:
        """Try branches on the labelled questions, and return what chooses among them."""

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> LabelledQuestions:
        """Return the labelled questions with their vectors.

        Raises:
            ComponentError: There are none.
        """
        p = self.parameters
        return embedded_questions(inputs["examples"], p, p.embedder, indexes)

    async def learn(
        self, examples: Examples, branches: tuple[str, ...], attempt: Try, prepared: Any
    ) -> Learned | None:
        """See `fit`; None where there is nothing to choose.

        Raises:
            ComponentError: There are not two different questions to learn from.
        """
        if len(branches) == 1:
            return None
        return Learned(prepared.embedder, await self.fit(prepared, branches, attempt))

    async def route(
        self, question: Query, branches: Mapping[str, AskedAnswer], prepared: Learned | None
    ) -> Answer:
        """Return the answer of the branch that is chosen.

        Raises:
            ComponentError: It failed.
        """
        asked = list(branches.values())
        if prepared is None:
            return await asked[0].ask()
        vector = await prepared.embedder.aembed_query(question.text)
        chooser = prepared.choosers.serving(question.original)
        return await asked[chooser.choose(question.text, vector)].ask()


def best_branch(values: NDArray[np.float64], costs: NDArray[np.float64]) -> int:
    """Return the place of the branch of most value; among equals the cheapest, then the first.

    Args:
        values: Per branch.
        costs: Per branch.
    """
    rounded = np.round(values, 9)  # equal ones tie whatever the order of their sums
    best = np.flatnonzero(rounded == rounded.max())
    return int(best[np.argmin(costs[best])])
