"""What the judges among a study's metrics would ask, found out without asking."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from functools import cached_property

from syftr_like.contracts import (
    Answer,
    BudgetExhaustedError,
    Chunk,
    Outcome,
    Passage,
    Question,
    metered,
)
from syftr_like.errors import ComponentError
from syftr_like.evaluation import JudgedMetric

from .dry_models import DryModels, DryRecord

MOST_LOOKED_AT = 2000
"""Questions of a split of which is found out whether a judge asks a model about them."""

_ANSWERED = Outcome(
    "",
    Answer("a short reply"),
    (Passage(Chunk("", 0, 9, "A passage."), 1.0),),
    {},
    (),
    0.0,
    0.0,
    0.0,
)


@dataclass(frozen=True, slots=True)
class AskedAbout:
    """The questions about which a judge asks a model, once they are answered.

    Others are judged by their labels alone, for example those that have no answer.

    Attributes:
        tune, holdout: Which share of each split they are.
        questions: They themselves, evenly spread over both.
    """

    tune: float
    holdout: float
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class JudgeCalls:
    """The calls of a judge.

    Attributes:
        calls: About all of some answers.
        answers: How many these are, to questions that it asks about.
    """

    calls: tuple[DryRecord, ...]
    answers: int


class DryJudges:
    """The judges of a study, at work on what flows answered in a rehearsal.

    To be used where the stand-in for models is in force.

    Args:
        metrics: The judges' metrics.
        models: Takes note of their calls.
        tune, holdout: The questions of the splits.
    """

    def __init__(
        self,
        metrics: Sequence[JudgedMetric],
        models: DryModels,
        tune: Sequence[Question],
        holdout: Sequence[Question],
    ) -> None:
        self._metrics = tuple(metrics)
        self._models = models
        self._splits = (tune, holdout)

    @cached_property
    def asked_about(self) -> Mapping[str, AskedAbout]:
        """By metric, about which questions a model is asked.

        Raises:
            BudgetExhaustedError, UnavailableError: A judge cannot be made use of in a plan.
        """
        return {metric.name: asyncio.run(self._asked_about(metric)) for metric in self._metrics}

    def calls(
        self, questions: Sequence[Question], outcomes: Sequence[Outcome]
    ) -> dict[str, JudgeCalls]:
        """Return by metric what is asked about the outcomes of questions.

        Args:
            questions: Some of the study's.
            outcomes: What a flow made of each.

        Raises:
            BudgetExhaustedError, UnavailableError: A judge cannot be made use of in a plan.
        """
        answered = list(zip(questions, outcomes, strict=True))
        return {
            metric.name: asyncio.run(
                self._about(metric, self.asked_about[metric.name].questions, answered)
            )
            for metric in self._metrics
        }

    async def _about(
        self,
        metric: JudgedMetric,
        asked_about: Sequence[Question],
        answered: Sequence[tuple[Question, Outcome]],
    ) -> JudgeCalls:
        ids = {question.id for question in asked_about}
        own = [(question, outcome) for question, outcome in answered if question.id in ids]
        # Where none of these is asked about, others are, as if they had been answered alike.
        put = own or list(zip(asked_about, (outcome for _, outcome in answered), strict=False))
        calls: list[DryRecord] = []
        for question, outcome in put:
            if not outcome.failed:
                calls += await self._asked(metric, question, outcome)
        return JudgeCalls(tuple(calls), len(put))

    async def _asked_about(self, metric: JudgedMetric) -> AskedAbout:
        shares: list[float] = []
        found: list[Question] = []
        for questions in self._splits:
            looked_at = spread(questions, MOST_LOOKED_AT)
            asked = [
                question
                for question in looked_at
                if metric.applies(question) and await self._asked(metric, question, _ANSWERED)
            ]
            shares.append(len(asked) / len(looked_at) if looked_at else 0.0)
            found += asked
        return AskedAbout(shares[0], shares[1], tuple(found))

    async def _asked(
        self, metric: JudgedMetric, question: Question, outcome: Outcome
    ) -> list[DryRecord]:
        """Return the calls that a judgement takes."""
        put = replace(outcome, question_id=question.id)
        # What is asked is what counts, whether or not the made-up reply can be read.
        with self._models.apart() as calls, metered() as meter, suppress(ComponentError):
            await metric.judge.judge(question, put)
        if meter.refused is not None:
            raise BudgetExhaustedError(meter.refused)
        return calls


def spread(questions: Sequence[Question], most: int) -> list[Question]:
    """Return questions evenly spread over all, no more than so many."""
    wanted = min(most, len(questions))
    return [questions[place * len(questions) // wanted] for place in range(wanted)]
