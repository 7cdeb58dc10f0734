"""What every installed evaluator keeps, whoever provides it."""

from __future__ import annotations

import inspect
import itertools
import math
import re
from collections.abc import Iterator
from dataclasses import replace

import pytest

from syftr_like.contracts import (
    Answer,
    Chunk,
    Direction,
    Evaluator,
    Evidence,
    Mean,
    Outcome,
    Passage,
    Quantile,
    Question,
)
from syftr_like.contracts.registry import evaluator, evaluator_names

BUILT_IN = {
    "abstention_rate",
    "answer_match",
    "answer_match_answerable",
    "context_tokens",
    "correct_abstention_rate",
    "cpu_seconds",
    "exact_match",
    "failure_rate",
    "false_abstention_rate",
    "input_tokens",
    "latency_mean_s",
    "latency_p50_s",
    "latency_p95_s",
    "output_tokens",
    "retrieval_mrr",
    "retrieval_ndcg",
    "retrieval_precision",
    "retrieval_recall",
    "token_f1",
    "usd_per_1k_questions",
}


def questions() -> Iterator[Question]:
    spans = (Evidence("d", 5, 40), Evidence("d", 30, 60), Evidence("e", 0, 9))
    for answerable, answers, evidence in itertools.product(
        (True, False), ((), ("Paris",), ("Paris", "the city of Paris")), ((), spans)
    ):
        if answerable or not answers:
            yield Question("q", "What is the capital?", answers, evidence, answerable)


def outcomes() -> Iterator[Outcome]:
    far = Passage(Chunk("f", 0, 80, "Rome is elsewhere."), 3.0)
    near = Passage(Chunk("d", 0, 50, "Paris is the capital."), 2.0)
    for answer, passages in itertools.product(
        (Answer("Paris"), Answer("Rome"), Answer(""), Answer("", abstained=True), None),
        ((), (far,), (far, near, near)),
    ):
        yield Outcome(
            question_id="q",
            answer=answer,
            passages=passages,
            retrieved={"passages": passages},
            nodes=(),
            latency_s=0.7,
            cpu_s=0.2,
            usd=0.003,
            input_tokens=120,
            output_tokens=8,
        )


def failed() -> Outcome:
    return Outcome("q", None, (), {}, (), latency_s=30.0, cpu_s=0.1, usd=0.001, error="Boom: bang")


@pytest.fixture(params=evaluator_names())
def metric(request: pytest.FixtureRequest) -> Evaluator:
    return evaluator(request.param)


def test_the_catalogue_has_the_documented_metrics() -> None:
    assert set(evaluator_names()) >= BUILT_IN


def test_it_is_described_for_people_and_machines(metric: Evaluator) -> None:
    assert re.fullmatch(r"[a-z][a-z0-9_]*", metric.name)
    assert metric.version >= 1
    assert metric.unit
    assert metric.direction in Direction
    assert isinstance(metric.aggregation, Mean | Quantile)
    assert metric.summary().endswith(".")
    assert "Base of" not in metric.summary()
    assert inspect.getdoc(type(metric)) != inspect.getdoc(type(metric).__mro__[1]), (
        "the docstring is the base class's"
    )


def test_the_bounds_are_in_order_and_a_failed_question_scores_the_worst_of_them(
    metric: Evaluator,
) -> None:
    low, high = metric.bounds
    if low is not None and high is not None:
        assert low < high
    if metric.worst is not None:
        worst = low if metric.direction is Direction.MAXIMIZE else high
        assert metric.worst == worst


def test_it_applies_to_some_question_and_no_label_breaks_it(metric: Evaluator) -> None:
    assert any(metric.applies(question) for question in questions())


def test_applying_depends_on_labels_only(metric: Evaluator) -> None:
    assert list(inspect.signature(metric.applies).parameters) == ["question"]
    for question in questions():
        reworded = replace(question, id="other", question="Something else?")
        assert metric.applies(question) is metric.applies(reworded)


def test_every_outcome_gets_a_number_within_the_bounds(metric: Evaluator) -> None:
    low, high = metric.bounds
    for question, outcome in itertools.product(questions(), outcomes()):
        if metric.applies(question):
            score = metric.score(question, outcome)
            assert math.isfinite(score)
            assert low is None or score >= low
            assert high is None or score <= high


def test_the_same_outcome_always_gets_the_same_score(metric: Evaluator) -> None:
    again = type(metric)()
    for question, outcome in itertools.product(questions(), outcomes()):
        if metric.applies(question):
            assert metric.score(question, outcome) == again.score(question, outcome)


def test_a_failed_outcome_is_no_better_than_any_other_or_scored_by_what_it_consumed(
    metric: Evaluator,
) -> None:
    if metric.worst is not None:
        sign = 1 if metric.direction is Direction.MAXIMIZE else -1
        for question, outcome in itertools.product(questions(), outcomes()):
            if metric.applies(question):
                assert sign * metric.worst <= sign * metric.score(question, outcome)
    else:
        for question in questions():
            if metric.applies(question):
                assert math.isfinite(metric.score(question, failed()))


def test_a_standard_metric_also_takes_a_flow_that_ends_in_passages(metric: Evaluator) -> None:
    if metric.standard:
        for question, outcome in itertools.product(questions(), outcomes()):
            if outcome.answer is None and metric.applies(question):
                assert math.isfinite(metric.score(question, outcome))
