"""Metrics whose scores are a model's judgements."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from syftr_like.contracts import (
    BudgetExhaustedError,
    Direction,
    Evaluator,
    ModelCall,
    Outcome,
    Question,
    metered,
)
from syftr_like.contracts.judge import Judge
from syftr_like.errors import UnavailableError
from syftr_like.flow import LONGEST_ERROR
from syftr_like.flow.redaction import redact

from .scoring import score_outcome


class JudgedMetric(Evaluator):
    """A judge of a study's `metrics`, under the name that it has there.

    Args:
        name: The metric's name.
        judge: Who scores.
    """

    direction = Direction.MAXIMIZE

    def __init__(self, name: str, judge: Judge) -> None:
        self.name = name  # type: ignore[misc]  # of one study, not of the class
        self.version = judge.version  # type: ignore[misc]
        self.judge = judge

    def summary(self) -> str:  # type: ignore[override]
        """What the judge does."""
        return self.judge.summary()

    def applies(self, question: Question) -> bool:
        """See `Judge.applies`."""
        return self.judge.applies(question)

    def score(self, question: Question, outcome: Outcome) -> float:
        """Refuse: judges are awaited, see `judged_outcome`."""
        raise NotImplementedError(f"the metric '{self.name}' is a judge's")


@dataclass(frozen=True, slots=True)
class Judged:
    """An outcome with its scores.

    Attributes:
        outcome: As failed where a metric or a judge failed.
        scores: Of each metric that applies to the question.
        calls: The calls of judges, with the metric that each was for.
    """

    outcome: Outcome
    scores: Mapping[str, float]
    calls: tuple[tuple[str, ModelCall], ...] = ()


async def judged_outcome(
    question: Question, outcome: Outcome, evaluators: Sequence[Evaluator], timeout_s: float
) -> Judged:
    """Score an outcome by every metric, judges last: none is asked about a failure.

    Raises:
        BudgetExhaustedError: A judge's call was refused; the evaluation is for a later session.
        MetricError: See `score_outcome`.
        UnavailableError: A key or a package that a judge needs is not there.
    """
    judges = [e for e in evaluators if isinstance(e, JudgedMetric) and e.applies(question)]
    others = [e for e in evaluators if not isinstance(e, JudgedMetric)]
    outcome, scores = score_outcome(question, outcome, others, timeout_s)
    if outcome.failed or not judges:
        return Judged(outcome, {**scores, **{metric.name: 0.0 for metric in judges}})
    calls: list[tuple[str, ModelCall]] = []
    found: dict[str, float] = {}
    for metric in judges:
        with metered() as meter:
            try:
                score, error = await metric.judge.judge(question, outcome), None
            except (BudgetExhaustedError, UnavailableError):
                raise
            except Exception as failure:
                score, error = math.nan, f"{type(failure).__name__}: {failure}"
        if meter.refused is not None:
            raise BudgetExhaustedError(meter.refused)
        calls += [(metric.name, call) for call in meter.model_calls]
        if error is None and not 0 <= score <= 1:
            error = f"it is {score}, and not from 0 to 1"
        if error is not None:
            told = redact(f"in metric '{metric.name}': {error}")[:LONGEST_ERROR]
            failed = replace(outcome, error=told, latency_s=timeout_s)
            _, worst = score_outcome(question, failed, others, timeout_s)
            return Judged(failed, {**worst, **{m.name: 0.0 for m in judges}}, tuple(calls))
        found[metric.name] = float(score)
    return Judged(outcome, {**scores, **found}, tuple(calls))
