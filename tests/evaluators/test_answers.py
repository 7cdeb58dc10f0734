"""Answer quality, with answerable and unanswerable questions told apart."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from syftr_like.contracts import Outcome, Question
from syftr_like.contracts.registry import evaluator

Make = Callable[..., Question]
MakeOutcome = Callable[..., Outcome]

QUALITY = ["answer_match", "exact_match", "token_f1"]


@pytest.mark.parametrize("name", QUALITY)
class TestEveryAnswerMetric:
    def test_a_right_answer_scores_1(self, name: str, question: Make, outcome: MakeOutcome) -> None:
        assert evaluator(name).score(question(), outcome("Paris")) == 1

    def test_a_wrong_answer_scores_0(self, name: str, question: Make, outcome: MakeOutcome) -> None:
        assert evaluator(name).score(question(), outcome("Rome")) == 0

    def test_abstaining_is_wrong_when_there_is_an_answer(
        self, name: str, question: Make, outcome: MakeOutcome
    ) -> None:
        assert evaluator(name).score(question(), outcome(abstained=True)) == 0

    def test_abstaining_is_right_when_there_is_none(
        self, name: str, question: Make, outcome: MakeOutcome
    ) -> None:
        unanswerable = question(answers=(), answerable=False)
        assert evaluator(name).score(unanswerable, outcome(abstained=True)) == 1

    @pytest.mark.parametrize("text", ["Paris", ""])
    def test_any_answer_is_wrong_when_there_is_none(
        self, name: str, text: str, question: Make, outcome: MakeOutcome
    ) -> None:
        unanswerable = question(answers=(), answerable=False)
        assert evaluator(name).score(unanswerable, outcome(text)) == 0

    def test_a_flow_that_ends_in_passages_answers_nothing(
        self, name: str, question: Make, outcome: MakeOutcome
    ) -> None:
        assert evaluator(name).score(question(), outcome(None)) == 0
        assert evaluator(name).score(question(answers=(), answerable=False), outcome(None)) == 0

    def test_an_answerable_question_without_reference_is_left_out(
        self, name: str, question: Make
    ) -> None:
        metric = evaluator(name)
        assert not metric.applies(question(answers=()))
        assert metric.applies(question(answers=(), answerable=False))
        assert metric.applies(question())


def test_any_reference_will_do(question: Make, outcome: MakeOutcome) -> None:
    asked = question(answers=("the City of Light", "Paris"))
    for name in QUALITY:
        assert evaluator(name).score(asked, outcome("Paris.")) == 1


def test_a_sentence_with_the_answer_is_a_match_though_not_an_exact_one(
    question: Make, outcome: MakeOutcome
) -> None:
    sentence = outcome("The capital of France is Paris.")
    assert evaluator("answer_match").score(question(), sentence) == 1
    assert evaluator("exact_match").score(question(), sentence) == 0
    assert evaluator("token_f1").score(question(), sentence) == pytest.approx(2 / 6)


def test_answerable_questions_are_reported_apart(question: Make, outcome: MakeOutcome) -> None:
    metric = evaluator("answer_match_answerable")
    assert metric.applies(question())
    assert not metric.applies(question(answers=(), answerable=False))
    assert metric.score(question(), outcome("Paris")) == 1
    assert metric.score(question(), outcome(abstained=True)) == 0


class TestAbstention:
    def test_unanswerable_questions_ask_for_it(self, question: Make, outcome: MakeOutcome) -> None:
        metric = evaluator("correct_abstention_rate")
        unanswerable = question(answers=(), answerable=False)
        assert metric.applies(unanswerable)
        assert not metric.applies(question())
        assert metric.score(unanswerable, outcome(abstained=True)) == 1
        assert metric.score(unanswerable, outcome("Paris")) == 0

    def test_it_is_false_on_answerable_questions(
        self, question: Make, outcome: MakeOutcome
    ) -> None:
        metric = evaluator("false_abstention_rate")
        assert metric.applies(question(answers=()))
        assert not metric.applies(question(answers=(), answerable=False))
        assert metric.score(question(), outcome(abstained=True)) == 1
        assert metric.score(question(), outcome("Rome")) == 0

    def test_a_failure_leaves_the_question_unanswered(self) -> None:
        assert evaluator("abstention_rate").worst == 1
        assert evaluator("false_abstention_rate").worst == 1
        assert evaluator("correct_abstention_rate").worst == 0
