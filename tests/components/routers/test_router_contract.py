"""What every installed router does, whatever it goes by."""

from __future__ import annotations

from typing import Any

import pytest

from syftr_like.contracts import Answer, Kind, Port
from syftr_like.contracts.learning import LearningRouter
from syftr_like.contracts.registry import component_class, component_names

from .conftest import Routed, ask, broken, ran
from .topics import questions, right_where

ROUTERS = [name for name in component_names() if component_class(name).kind is Kind.ROUTER]
PARAMETERS: dict[str, dict[str, Any]] = {
    "rule_router": {"rules": [{"ask": 1, "question_word": ["what", "who"]}]},
}
TUNE = questions(24)
LAST = "東京 is no0"

each = pytest.mark.parametrize("router", ROUTERS)


def branches() -> dict[str, Any]:
    def sure(text: str) -> Answer:
        return Answer("right 0" if len(text) % 3 else "wrong", confidence=0.4 + len(text) % 3 / 5)

    return {"cheap": sure, "middle": sure, "dear": right_where(lambda text: True, 1.0)}


def build(routed: Routed, router: str, made: dict[str, Any]) -> Any:
    routed.says("80")
    parameters = PARAMETERS.get(router, {})
    return routed.flow(router, made, TUNE, **parameters)


def test_there_are_some() -> None:
    assert len(ROUTERS) >= 8


@each
def test_it_answers_with_the_answer_of_a_branch_that_it_asked(routed: Routed, router: str) -> None:
    flow = build(routed, router, branches())
    for text in (TUNE[0].question, "Unseen: who is it? no7", "", "?!", LAST, "x " * 500):
        routed.asked.clear()
        outcome = ask(flow, text)
        assert outcome.error is None, text
        said = {branches()[name](text).text for name, _ in routed.asked}
        assert outcome.answer.text in said
        assert len(routed.asked) == len(set(routed.asked)) == len(ran(outcome))
        assert outcome.answer.confidence is None or 0 <= outcome.answer.confidence <= 1


@each
def test_what_a_question_costs_is_what_was_asked(routed: Routed, router: str) -> None:
    flow = build(routed, router, branches())
    for question in (*TUNE[:3], *questions(4, start=50)):
        routed.llm.sent.clear()
        outcome = ask(flow, question.question)
        asked = 1.0 * ran(outcome).count("dear") + 0.01 * len(routed.llm.sent)
        assert outcome.usd == pytest.approx(asked)


@each
def test_trying_branches_is_index_time_work_and_nothing_else_is(
    routed: Routed, router: str
) -> None:
    flow = build(routed, router, branches())
    learns = issubclass(component_class(router), LearningRouter)
    assert bool(routed.asked) == learns
    dear = [name for name, _ in routed.asked].count("dear")
    assert flow.index_cost.usd(0.0) == pytest.approx(1.0 * dear)
    assert not routed.llm.sent


@each
def test_the_same_again(routed: Routed, router: str) -> None:
    texts = [q.question for q in (*TUNE[:6], *questions(6, start=50))]
    outcomes = []
    for _ in range(2):
        flow = build(routed, router, branches())
        outcomes.append([(o.answer, ran(o)) for o in (ask(flow, text) for text in texts)])
    assert outcomes[0] == outcomes[1]


@each
def test_where_all_fail_the_question_fails_and_nothing_else(routed: Routed, router: str) -> None:
    flow = build(routed, router, {"a": broken, "b": broken, "c": broken})
    outcome = ask(flow, "Why?")
    assert "the branch is broken" in (outcome.error or "")
    assert outcome.answer is None
    assert outcome.usd >= 0.5


@each
def test_one_branch_is_enough_but_for_those_that_compare(routed: Routed, router: str) -> None:
    outcome = ask(build(routed, router, {"only": right_where(lambda text: True)}), LAST)
    assert outcome.answer == Answer("right 0")


@each
def test_it_says_what_it_is(router: str) -> None:
    cls = component_class(router)
    assert cls.output is Port.ANSWER
    assert cls.summary().endswith(".")
    assert len(cls.summary()) <= 100
    assert all(field.description for field in cls.Parameters.model_fields.values())
