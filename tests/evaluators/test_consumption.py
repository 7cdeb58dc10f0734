"""Cost, time and failures: scored also when the flow failed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from syftr_like.contracts import Mean, Outcome, Quantile, Question
from syftr_like.contracts.registry import evaluator

Make = Callable[..., Question]
MakeOutcome = Callable[..., Outcome]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("latency_p50_s", 1.25),
        ("latency_p95_s", 1.25),
        ("latency_mean_s", 1.25),
        ("cpu_seconds", 0.75),
        ("input_tokens", 900),
        ("output_tokens", 40),
        ("usd_per_1k_questions", 4.0),
    ],
)
@pytest.mark.parametrize("error", [None, "TimeoutError: took too long"])
def test_it_is_what_the_outcome_records(
    name: str, expected: float, error: str | None, question: Make, outcome: MakeOutcome
) -> None:
    recorded = outcome(
        latency_s=1.25, cpu_s=0.75, usd=0.004, input_tokens=900, output_tokens=40, error=error
    )
    assert evaluator(name).score(question(), recorded) == pytest.approx(expected)
    assert evaluator(name).worst is None


@pytest.mark.parametrize(
    ("name", "aggregation"),
    [
        ("latency_p50_s", Quantile(0.5)),
        ("latency_p95_s", Quantile(0.95)),
        ("latency_mean_s", Mean()),
        ("usd_per_1k_questions", Mean()),
    ],
)
def test_how_questions_are_put_together(name: str, aggregation: Any) -> None:
    assert evaluator(name).aggregation == aggregation


def test_context_is_counted_in_the_texts_that_are_read(
    question: Make, outcome: MakeOutcome
) -> None:
    read = outcome(passages=[("d", 0, 9), ("d", 9, 20)], texts=["two words", "and three more"])
    assert evaluator("context_tokens").score(question(), read) == 5
    assert evaluator("context_tokens").score(question(), outcome()) == 0


def test_a_failure_is_counted_as_one(question: Make, outcome: MakeOutcome) -> None:
    metric = evaluator("failure_rate")
    assert metric.score(question(), outcome()) == 0
    assert metric.score(question(), outcome(abstained=True)) == 0
    assert metric.score(question(), outcome(None)) == 0, "a flow may end in passages"
    assert metric.score(question(), outcome(None, error="ValueError: no")) == 1
