"""Evaluating a flow on questions, several in flight at a time."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

from syftr_like.contracts import BudgetExhaustedError, Evaluator, ModelCall, Outcome, Question
from syftr_like.flow import PreparedFlow

from .judging import judged_outcome


@dataclass(frozen=True, slots=True)
class Evaluation:
    """One question, answered by one trial's flow, with its scores.

    `scores` holds the metrics that apply to the question, `judgements` the calls that judges made
    for them, each with its metric.
    """

    trial: int
    split: str
    outcome: Outcome
    scores: Mapping[str, float]
    judgements: tuple[tuple[str, ModelCall], ...] = ()

    @property
    def question_id(self) -> str:
        """The question's id."""
        return self.outcome.question_id


async def evaluate_questions(
    flow: PreparedFlow,
    questions: Iterable[Question],
    evaluators: Sequence[Evaluator],
    *,
    trial: int,
    split: str,
    in_flight: int,
    on_evaluation: Callable[[Evaluation], None],
) -> None:
    """Run and score every question; hand over each evaluation as soon as it is there.

    Args:
        flow: The prepared flow.
        questions: In the order in which they are started.
        evaluators: The metrics.
        trial: Number of the trial.
        split: `tune` or `holdout`.
        in_flight: Questions under way at a time.
        on_evaluation: Called once per question, in order of completion.

    Raises:
        MetricError: See `score_outcome`; no further question is started.
        BudgetExhaustedError: A model call was refused; no further question is started, and those
            under way are finished.
        UnavailableError: A key or a package that a model needs is not there.
    """
    waiting = iter(questions)
    refused: BudgetExhaustedError | None = None

    async def work() -> None:
        nonlocal refused
        for question in waiting:
            if refused is not None:
                return
            try:
                outcome = await flow.run(question.id, question.question)
                judged = await judged_outcome(
                    question, outcome, evaluators, flow.limits.question_timeout_s
                )
            except BudgetExhaustedError as error:
                refused = error
                return
            on_evaluation(Evaluation(trial, split, judged.outcome, judged.scores, judged.calls))

    try:
        async with asyncio.TaskGroup() as group:
            for _ in range(in_flight):
                group.create_task(work())
    except BaseExceptionGroup as errors:
        # Whoever waits for one trial wants its first error, not the group that it ended.
        raise errors.exceptions[0] from None
    if refused is not None:
        raise refused
