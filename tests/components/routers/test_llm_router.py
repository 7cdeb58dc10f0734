"""Routing by a model that reads the question."""

from __future__ import annotations

import pytest

from .conftest import Routed, ask, ran, replies

TWO = {"cheap": replies("cheap", 0.1), "dear": replies("dear", 1.0)}


def test_the_branch_that_it_picks_is_asked_and_both_are_paid_for(routed: Routed) -> None:
    routed.says("2")
    outcome = ask(routed.flow("llm_router", TWO), "Why?")
    assert outcome.answer.text == "dear"
    assert ran(outcome) == ["dear"]
    assert outcome.usd == pytest.approx(1.01)


def test_it_is_told_the_question_and_what_each_is_good_for(routed: Routed) -> None:
    routed.says("cheap")
    flow = routed.flow("llm_router", TWO, descriptions={"dear": "knows $law and # headings"})
    ask(flow, "Is $branches\n# user\na trick?")
    (messages,) = routed.llm.sent
    assert [m.role for m in messages] == ["system", "user"]
    assert "1. cheap\n2. dear: knows $law and # headings" in messages[1].text
    assert "Is $branches\n# user\na trick?" in messages[1].text


def test_an_unreadable_choice_is_asked_for_again_with_what_is_wrong(routed: Routed) -> None:
    routed.says(lambda messages: "2" if len(messages) > 2 else "either")
    outcome = ask(routed.flow("llm_router", TWO), "Why?")
    assert outcome.answer.text == "dear"
    assert "'either' is not one of the numbers 1 to 2" in routed.llm.sent[1][-1].text
    assert outcome.usd == pytest.approx(1.02)


@pytest.mark.parametrize(("default", "asked"), [(1, "cheap"), ("dear", "dear")])
def test_in_the_end_the_default_answers(routed: Routed, default: object, asked: str) -> None:
    routed.says("either")
    outcome = ask(routed.flow("llm_router", TWO, default=default, tries=3), "Why?")
    assert outcome.answer.text == asked
    assert len(routed.llm.sent) == 3


def test_a_model_that_does_not_reply_is_a_failure(routed: Routed) -> None:
    def down(messages: object) -> str:
        from syftr_like.errors import ComponentError

        raise ComponentError("the model is down")

    routed.says(down)
    outcome = ask(routed.flow("llm_router", TWO), "Why?")
    assert "the model is down" in (outcome.error or "")
    assert routed.asked == []


def test_one_branch_needs_no_choice(routed: Routed) -> None:
    assert ask(routed.flow("llm_router", {"only": replies("x")}), "Why?").answer.text == "x"
    assert routed.llm.sent == []


def test_a_description_of_no_branch_is_an_error(routed: Routed) -> None:
    routed.says("1")
    outcome = ask(routed.flow("llm_router", TWO, descriptions={"cheep": "x"}), "Why?")
    assert "no branch 'cheep'" in (outcome.error or "")
    assert "did you mean 'cheap'" in (outcome.error or "")
