"""Labelled questions of a router: which are used, and how its branches do on them."""

from __future__ import annotations

import asyncio
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import AfterValidator

from syftr_like.contracts import (
    Chunk,
    Chunks,
    ComponentParameters,
    Direction,
    Embedder,
    Examples,
    FittedEmbedder,
    FloatDomain,
    Indexes,
    IntDomain,
    Question,
    parameter,
)
from syftr_like.contracts.learning import Attempt, Try
from syftr_like.contracts.registry import evaluator
from syftr_like.errors import ComponentError, InputError

from ..indexes.embedded_chunks import EmbeddedChunks
from ..side_by_side import AT_A_TIME


def _share_of_success(metric: str) -> str:
    """Check that a metric says how good an answer is, from 0 to 1."""
    try:
        found = evaluator(metric)
    except InputError as error:
        raise ValueError(str(error)) from None
    if found.direction is not Direction.MAXIMIZE or found.bounds != (0.0, 1.0):
        raise ValueError(f"'{metric}' does not say how good an answer is, from 0 to 1")
    return metric


class LearningParameters(ComponentParameters):
    """Parameters of every router that learns from labelled questions."""

    metric: Annotated[str, AfterValidator(_share_of_success)] = parameter(
        "answer_match",
        "Metric of what an answer is worth, from 0 to 1, or of what a branch read for it.",
    )
    examples: int = parameter(
        100, "Labelled questions that are learned from, at most.", ge=2, search=IntDomain(20, 200)
    )
    folds: int = parameter(
        5, "Parts for cross-fitting: no question is served by a model of its own part.", ge=2, le=20
    )


class CostWeighingParameters(LearningParameters):
    """Parameters of those that weigh what an answer is worth against what it costs."""

    cost: Literal["usd", "seconds"] = parameter("usd", "What a branch costs: money, or time.")
    cost_weight: float = parameter(
        0.1,
        "What the mean cost of the dearest branch weighs against a right answer.",
        ge=0,
        le=10,
        search=FloatDomain(0.001, 1.0, log=True),
    )


@dataclass(frozen=True, slots=True)
class LabelledQuestions:
    """The labelled questions that are used.

    Attributes:
        questions: The questions.
        embedder: Fitted on their texts; labels play no part in that.
        vectors: Their vectors, (questions, dimensions).
    """

    questions: tuple[Question, ...]
    embedder: FittedEmbedder
    vectors: NDArray[np.float32]

    @property
    def texts(self) -> list[str]:
        """The questions' texts."""
        return [question.question for question in self.questions]


@dataclass(frozen=True, slots=True)
class Labels:
    """How branches did on questions.

    Attributes:
        attempts: Of each question, those of the branches.
        scores: What the answers are worth, (questions, branches).
        costs: What they cost, (questions, branches).
    """

    attempts: tuple[tuple[Attempt, ...], ...]
    scores: NDArray[np.float64]
    costs: NDArray[np.float64]


def embedded_questions(
    examples: Examples, parameters: LearningParameters, embedder: Embedder, indexes: Indexes
) -> LabelledQuestions:
    """Return the questions to learn from, with their vectors, which are kept as those of chunks.

    Raises:
        ComponentError: There are none.
    """
    metric = evaluator(parameters.metric)
    usable = [question for question in examples if metric.applies(question)]
    if not usable:
        raise ComponentError(
            f"there are no labelled questions to learn from: the tune split has {len(examples)},"
            f" and '{parameters.metric}' applies to none of them"
        )
    used = tuple(usable[: parameters.examples])
    chunks = Chunks(Chunk(q.id, 0, len(q.question), q.question) for q in used)
    embedded = indexes.get(EmbeddedChunks(embedder), chunks)
    return LabelledQuestions(used, embedded.embedder, embedded.vectors)


async def try_branches(
    questions: Sequence[Question],
    branches: Sequence[str],
    attempt: Try,
    parameters: LearningParameters,
) -> Labels:
    """Have every branch answer every question, some at a time.

    Raises:
        BudgetExhaustedError: A model call was refused.
    """
    slots = asyncio.Semaphore(AT_A_TIME)

    async def one(question: Question, branch: str) -> Attempt:
        async with slots:
            return await attempt(question, branch)

    try:
        async with asyncio.TaskGroup() as group:
            tasks = [[group.create_task(one(q, branch)) for branch in branches] for q in questions]
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    attempts = tuple(tuple(task.result() for task in row) for row in tasks)
    shape = len(questions), len(branches)
    scores = np.array([[worth(a, parameters) for a in row] for row in attempts]).reshape(shape)
    costs = np.array([[spent(a, parameters) for a in row] for row in attempts]).reshape(shape)
    return Labels(attempts, scores, costs)


def worth(attempt: Attempt, parameters: LearningParameters) -> float:
    """Return what an answer is worth; one that could not be scored, what a failure is worth."""
    worst = evaluator(parameters.metric).worst
    return attempt.score if math.isfinite(attempt.score) else worst or 0.0


def spent(attempt: Attempt, parameters: LearningParameters) -> float:
    """Return what an attempt cost, in the unit that is weighed."""
    if isinstance(parameters, CostWeighingParameters) and parameters.cost == "seconds":
        return attempt.seconds
    return attempt.usd


def scale_of(costs: NDArray[np.float64]) -> float:
    """Return the mean cost of the dearest branch, by which costs are divided; 1 if all are 0.

    Args:
        costs: Per question and branch, or mean costs of the branches.
    """
    means = costs.mean(axis=0) if costs.ndim == 2 else costs
    return float(means.max()) or 1.0
