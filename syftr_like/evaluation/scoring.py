"""Scoring one outcome with every metric of a study. Failures stay in the denominator."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace

from syftr_like.contracts import Evaluator, Outcome, Question
from syftr_like.errors import SyftrLikeError
from syftr_like.flow import LONGEST_ERROR
from syftr_like.flow.redaction import redact


class MetricError(SyftrLikeError):
    """A metric of cost or time could not be computed: a defect of the evaluator."""


def score_outcome(
    question: Question,
    outcome: Outcome,
    evaluators: Sequence[Evaluator],
    question_timeout_s: float,
) -> tuple[Outcome, Mapping[str, float]]:
    """Score an outcome.

    An evaluator that raises, or returns what is not a finite number, makes the whole evaluation a
    failure: the outcome comes back with its error and the timeout as its latency, and every
    quality metric scores its worst.

    Returns:
        The outcome, as failed where a metric failed, and the score of each metric that applies
        to the question.

    Raises:
        MetricError: A metric of cost or time failed on an outcome that was already a failure.
    """
    applicable = [e for e in evaluators if e.applies(question)]
    if not outcome.failed:
        try:
            return outcome, {e.name: _score(e, question, outcome) for e in applicable}
        except MetricError as error:
            outcome = replace(
                outcome, error=redact(str(error))[:LONGEST_ERROR], latency_s=question_timeout_s
            )
    return outcome, {
        e.name: _score(e, question, outcome) if e.worst is None else e.worst for e in applicable
    }


def _score(evaluator: Evaluator, question: Question, outcome: Outcome) -> float:
    try:
        score = float(evaluator.score(question, outcome))
    except Exception as error:
        raise MetricError(
            f"{type(error).__name__} in metric '{evaluator.name}': {error}"
        ) from error
    if not math.isfinite(score):
        raise MetricError(f"the metric '{evaluator.name}' is {score}, which is no finite number")
    low, high = evaluator.bounds
    if (low is not None and score < low) or (high is not None and score > high):
        raise MetricError(
            f"the metric '{evaluator.name}' is {score:g}, outside its bounds {low} to {high}"
        )
    return score
