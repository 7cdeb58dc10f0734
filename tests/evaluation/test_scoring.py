"""Scoring one outcome: failures stay in the denominator, whoever failed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, ClassVar

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts import Answer, Direction, Evaluator, Outcome, Question
from syftr_like.contracts.registry import evaluator, evaluator_names
from syftr_like.evaluation import MetricError, score_outcome

QUESTION = Question("q1", "What is the capital of France?", ("Paris",))
UNANSWERABLE = Question("q2", "Who is the king of France?", (), answerable=False)
TIMEOUT = 30.0
GOOD = Outcome(
    question_id="q1", answer=Answer("Paris"), passages=(), retrieved={}, nodes=(),
    latency_s=0.5, cpu_s=0.1, usd=0.002, input_tokens=100, output_tokens=10,
)  # fmt: skip
FAILED = replace(GOOD, answer=None, error="ValueError in node 'answer'", latency_s=TIMEOUT)


@dataclass
class Scripted(Evaluator):
    """A metric that does what the test says."""

    work: Callable[[Question, Outcome], float]
    name: ClassVar[str] = "scripted"
    direction = Direction.MAXIMIZE

    def score(self, question: Question, outcome: Outcome) -> float:
        return self.work(question, outcome)


def scripted(work: Callable[[Question, Outcome], float], **attributes: Any) -> Evaluator:
    return type("Metric", (Scripted,), attributes)(work)


def breaking(question: Question, outcome: Outcome) -> float:
    raise ZeroDivisionError("by nought")


SOUND = scripted(lambda q, o: 0.75, name="sound", worst=0.0)
NO_LIMIT = (0.0, None)
COST = scripted(lambda q, o: 1000 * o.usd, name="cost", worst=None, bounds=NO_LIMIT)
TIME = scripted(lambda q, o: o.latency_s, name="time", worst=None, bounds=NO_LIMIT)


def test_a_good_outcome_gets_its_scores() -> None:
    outcome, scores = score_outcome(QUESTION, GOOD, [SOUND, COST, TIME], TIMEOUT)
    assert outcome == GOOD
    assert scores == {"sound": 0.75, "cost": 2.0, "time": 0.5}


def test_a_failed_outcome_scores_the_worst_and_what_it_consumed() -> None:
    harsh = scripted(lambda q, o: 1.0, name="harsh", worst=-5.0)
    outcome, scores = score_outcome(QUESTION, FAILED, [SOUND, harsh, COST, TIME], TIMEOUT)
    assert outcome == FAILED
    assert scores == {"sound": 0.0, "harsh": -5.0, "cost": 2.0, "time": TIMEOUT}


@pytest.mark.parametrize("score", [-0.1, 1.1])
def test_a_score_outside_the_bounds_of_its_metric_is_a_failure(score: float) -> None:
    metric = scripted(lambda q, o: score, name="share", worst=0.0)
    outcome, scores = score_outcome(QUESTION, GOOD, [metric], TIMEOUT)
    assert outcome.error is not None
    assert "outside its bounds 0.0 to 1.0" in outcome.error
    assert scores == {"share": 0.0}


@pytest.mark.parametrize("name", evaluator_names())
def test_no_installed_metric_looks_better_for_a_failure(name: str) -> None:
    metric = evaluator(name)
    for question in (QUESTION, UNANSWERABLE):
        _, scores = score_outcome(question, FAILED, [metric], TIMEOUT)
        _, good = score_outcome(question, GOOD, [metric], TIMEOUT)
        assert scores.keys() == good.keys()
        for failed_score, good_score in zip(scores.values(), good.values(), strict=True):
            if metric.direction is Direction.MAXIMIZE:
                assert failed_score <= good_score
            else:
                assert failed_score >= good_score


@pytest.mark.parametrize(
    ("work", "told"),
    [
        (breaking, "ZeroDivisionError in metric 'judge': by nought"),
        (lambda q, o: float("nan"), "the metric 'judge' is nan, which is no finite number"),
        (lambda q, o: float("inf"), "the metric 'judge' is inf, which is no finite number"),
        (lambda q, o: None, "TypeError in metric 'judge': float() argument must be"),
    ],
)
def test_a_metric_that_fails_makes_the_evaluation_a_failure(
    work: Callable[[Question, Outcome], float], told: str
) -> None:
    judge = scripted(work, name="judge", worst=0.0)
    outcome, scores = score_outcome(QUESTION, GOOD, [SOUND, judge, COST, TIME], TIMEOUT)
    assert outcome.error is not None
    assert outcome.error.startswith(told)
    assert outcome.latency_s == TIMEOUT
    assert scores == {"sound": 0.0, "judge": 0.0, "cost": 2.0, "time": TIMEOUT}
    assert outcome.answer == GOOD.answer, "the answer is kept, to be scored again later"


def test_a_metric_of_cost_that_fails_on_answers_only_still_counts_the_failure() -> None:
    def cost(question: Question, outcome: Outcome) -> float:
        return outcome.usd if outcome.failed else breaking(question, outcome)

    outcome, scores = score_outcome(
        QUESTION, GOOD, [scripted(cost, name="cost", worst=None), SOUND], TIMEOUT
    )
    assert outcome.failed
    assert scores == {"cost": 0.002, "sound": 0.0}


def test_one_that_fails_on_failures_too_is_a_defect() -> None:
    broken = scripted(breaking, name="cost", worst=None)
    with pytest.raises(MetricError, match="ZeroDivisionError in metric 'cost': by nought"):
        score_outcome(QUESTION, GOOD, [broken], TIMEOUT)


class TestMetricsThatDoNotApply:
    ANSWERABLE = type(
        "M", (Scripted,), {"name": "m", "applies": lambda self, question: question.answerable}
    )(lambda q, o: 1.0)

    @pytest.mark.parametrize("outcome", [GOOD, FAILED])
    def test_they_are_left_out_whatever_the_outcome(self, outcome: Outcome) -> None:
        _, scores = score_outcome(QUESTION, outcome, [self.ANSWERABLE, SOUND], TIMEOUT)
        assert set(scores) == {"m", "sound"}
        _, scores = score_outcome(UNANSWERABLE, outcome, [self.ANSWERABLE, SOUND], TIMEOUT)
        assert set(scores) == {"sound"}

    @given(
        outcome=st.builds(
            replace,
            st.just(GOOD),
            error=st.none() | st.just("failed"),
            answer=st.none() | st.builds(Answer, st.text(max_size=20), st.booleans()),
        ),
        question=st.sampled_from([QUESTION, UNANSWERABLE]),
    )
    def test_which_metrics_apply_rests_on_the_question_alone(
        self, outcome: Outcome, question: Question
    ) -> None:
        metrics = [evaluator(name) for name in evaluator_names()]
        _, scores = score_outcome(question, outcome, metrics, TIMEOUT)
        _, of_a_failure = score_outcome(question, FAILED, metrics, TIMEOUT)
        assert scores.keys() == of_a_failure.keys()


def test_secrets_in_a_metrics_error_are_hidden(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("JUDGE_API_KEY", "judge-dredd-1977")

    def fail(question: Question, outcome: Outcome) -> float:
        raise ConnectionError("refused: judge-dredd-1977" + "x" * 1000)

    outcome, _ = score_outcome(QUESTION, GOOD, [scripted(fail, worst=0.0)], TIMEOUT)
    assert outcome.error is not None
    assert "refused: ***xxx" in outcome.error
    assert len(outcome.error) == 500
