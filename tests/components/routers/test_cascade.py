"""When a cascade goes on, and what it costs."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.routers.agreement import overlap
from syftr_like.contracts import Answer

from .conftest import Routed, ask, broken, ran, replies


def sure(text: str, confidence: float | None, usd: float = 0.1) -> Any:
    return replies(text, usd, confidence=confidence)


def abstains(confidence: float | None = None) -> Any:
    return replies("", 0.1, abstained=True, confidence=confidence)


class TestOverlap:
    @pytest.mark.parametrize(
        ("one", "other", "expected"),
        [
            ("Paris", "paris.", 1.0),
            ("A", "A", 1.0),
            ("A", "B", 0.0),
            ("in the Paris region", "Paris", 0.4),
            ("?", "?", 1.0),
            ("?", "!", 0.0),
            ("not guilty", "guilty", 2 / 3),
            ("東京", "東京", 1.0),
        ],
    )
    def test_f1_of_words(self, one: str, other: str, expected: float) -> None:
        assert overlap(Answer(one), Answer(other)) == pytest.approx(expected)

    def test_an_abstention_agrees_with_nothing(self) -> None:
        nothing = Answer("", abstained=True)
        assert overlap(nothing, nothing) == overlap(nothing, Answer("x")) == 0.0

    @given(st.text(max_size=30), st.text(max_size=30))
    def test_it_is_symmetric_and_whole_for_the_same(self, one: str, other: str) -> None:
        assert overlap(Answer(one), Answer(one)) == 1.0
        assert overlap(Answer(one), Answer(other)) == overlap(Answer(other), Answer(one))


class TestOwnConfidence:
    @pytest.mark.parametrize(
        ("confidence", "asked"),
        [(0.5, ["cheap"]), (0.49, ["cheap", "dear"]), (1.0, ["cheap"]), (0.0, ["cheap", "dear"])],
    )
    def test_it_goes_on_below_the_threshold(
        self, routed: Routed, confidence: float, asked: list[str]
    ) -> None:
        branches = {"cheap": sure("a", confidence), "dear": sure("b", 0.0, 1.0)}
        outcome = ask(routed.flow("cascade", branches), "Why?")
        assert ran(outcome) == asked
        assert outcome.usd == pytest.approx({1: 0.1, 2: 1.1}[len(asked)])
        assert outcome.answer.text == ("a" if len(asked) == 1 else "b")

    def test_each_place_has_its_threshold_or_that_of_the_one_before(self, routed: Routed) -> None:
        branches = {str(n): sure(str(n), 0.6) for n in range(5)}
        steps = [{"threshold": 0.6}, {"threshold_2": 0.6}, {"threshold_3": 0.6}, {}]
        ends = [
            ask(routed.flow("cascade", branches, **{"threshold": 0.7, **p}), "?").answer.text
            for p in steps
        ]
        assert ends == ["0", "1", "2", "4"]

    def test_an_abstention_is_never_sure_but_the_last_may_abstain(self, routed: Routed) -> None:
        branches = {"cheap": abstains(1.0), "dear": abstains()}
        outcome = ask(routed.flow("cascade", branches, threshold=0.0), "Why?")
        assert ran(outcome) == ["cheap", "dear"]
        assert outcome.answer.abstained

    def test_an_answer_without_confidence_is_a_failure_that_says_what_to_do(
        self, routed: Routed
    ) -> None:
        branches = {"cheap": sure("a", None), "dear": sure("b", None)}
        outcome = ask(routed.flow("cascade", branches), "Why?")
        assert "answer of branch 1 has no confidence" in (outcome.error or "")
        assert "agreement" in (outcome.error or "")


class TestFailures:
    def test_a_branch_that_fails_is_passed_over_and_paid_for(self, routed: Routed) -> None:
        outcome = ask(routed.flow("cascade", {"cheap": broken, "dear": replies("b", 1.0)}), "?")
        assert outcome.error is None
        assert (outcome.answer.text, outcome.usd) == ("b", pytest.approx(1.5))

    @pytest.mark.parametrize("confidence", ["answer", "agreement"])
    def test_the_failure_of_the_last_is_a_failure(self, routed: Routed, confidence: str) -> None:
        branches = {"a": sure("a", 0.1), "b": sure("b", 0.1), "last": broken}
        outcome = ask(routed.flow("cascade", branches, confidence=confidence), "?")
        assert "the branch is broken" in (outcome.error or "")

    def test_one_branch_just_answers(self, routed: Routed) -> None:
        assert ask(routed.flow("cascade", {"only": replies("x")}), "?").answer.text == "x"

    @pytest.mark.parametrize(
        ("parameters", "branches", "told"),
        [
            ({"threshold_2": 0.5}, 2, "threshold_2 has no effect: with 2 branches there are 1"),
            ({"threshold_3": 0.5}, 3, "threshold_3 has no effect"),
            ({"threshold_2": 0.5, "confidence": "agreement"}, 3, "threshold_2 has no effect"),
            ({"confidence": "agreement"}, 2, "agreement needs at least 3 branches"),
        ],
    )
    def test_parameters_without_effect_are_an_error(
        self, routed: Routed, parameters: dict[str, Any], branches: int, told: str
    ) -> None:
        flow = routed.flow(
            "cascade", {str(n): sure("x", 1.0) for n in range(branches)}, **parameters
        )
        assert told in (ask(flow, "?").error or "")
        assert routed.asked == []


class TestAgreement:
    @pytest.mark.parametrize(
        ("texts", "asked", "answer"),
        [
            (["Paris", "in Paris", "x", "y"], 2, "in Paris"),
            (["Paris", "Rome", "Rome", "y"], 3, "Rome"),
            (["Paris", "Rome", "Paris", "y"], 3, "Paris"),
            (["Paris", "Rome", "Oslo", "y"], 4, "y"),
        ],
    )
    def test_an_answer_stands_when_one_before_it_says_the_same(
        self, routed: Routed, texts: list[str], asked: int, answer: str
    ) -> None:
        branches = {str(n): replies(text, 1.0) for n, text in enumerate(texts)}
        outcome = ask(routed.flow("cascade", branches, confidence="agreement"), "?")
        assert (outcome.answer.text, outcome.usd) == (answer, asked)

    def test_how_alike_is_the_threshold(self, routed: Routed) -> None:
        branches = {"a": replies("Paris"), "b": replies("in Paris"), "c": replies("c")}
        flow = routed.flow("cascade", branches, confidence="agreement", threshold=0.7)
        assert ask(flow, "?").answer.text == "c"

    @pytest.mark.parametrize("first", [broken, abstains()])
    def test_failures_and_abstentions_agree_with_nothing(self, routed: Routed, first: Any) -> None:
        branches = {"a": first, "b": first, "c": replies("c"), "d": replies("d")}
        flow = routed.flow("cascade", branches, confidence="agreement", threshold=0.0)
        assert ask(flow, "?").answer.text == ("d")


class TestJudge:
    BRANCHES = {"cheap": sure("Paris", None), "dear": sure("Rome", None, 1.0)}

    @pytest.mark.parametrize(
        ("says", "answer", "confidence", "usd"),
        [("80", "Paris", 0.8, 0.11), ("20", "Rome", None, 1.11), ("hm", "Rome", None, 1.12)],
    )
    def test_it_ends_where_the_judge_holds_the_answer_for_likely(
        self, routed: Routed, says: str, answer: str, confidence: float | None, usd: float
    ) -> None:
        routed.says(says)
        outcome = ask(routed.flow("judged_cascade", self.BRANCHES), "Capital?")
        assert outcome.answer == Answer(answer, confidence=confidence)
        assert outcome.usd == pytest.approx(usd)

    def test_the_judge_sees_question_and_answer(self, routed: Routed) -> None:
        routed.says("90")
        ask(routed.flow("judged_cascade", self.BRANCHES), "Capital of $answer?")
        assert "Question: Capital of $answer?" in routed.llm.sent[0][1].text
        assert "Proposed answer: Paris" in routed.llm.sent[0][1].text

    def test_it_is_not_asked_about_abstentions_failures_and_the_last(self, routed: Routed) -> None:
        routed.says("100")
        branches = {"a": abstains(), "b": broken, "c": replies("c")}
        assert ask(routed.flow("judged_cascade", branches), "?").answer == Answer("c")
        assert routed.llm.sent == []

    def test_a_judge_that_does_not_reply_is_a_failure(self, routed: Routed) -> None:
        def down(messages: object) -> str:
            raise ValueError("the judge is down")

        routed.says(down)
        outcome = ask(routed.flow("judged_cascade", self.BRANCHES), "?")
        assert "the judge is down" in (outcome.error or "")
