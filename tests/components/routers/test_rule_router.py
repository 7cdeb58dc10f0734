"""Which branch rules choose."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from syftr_like.components.routers.question_words import question_word
from syftr_like.components.routers.rule_router import RuleRouter, first_rule

from .conftest import Routed, ask, broken, ran, replies

TWO = {"cheap": replies("cheap", 0.1), "dear": replies("dear", 1.0)}


def holds(rule: dict[str, Any], text: str, short: int = 5) -> bool:
    return first_rule([{"ask": "x", **rule}], text, short=short) == 0


@pytest.mark.parametrize(
    ("rule", "text", "expected"),
    [
        ({"length": "short"}, "one two three four five", True),
        ({"length": "short"}, "one two three four five six", False),
        ({"length": "long"}, "one two three four five six", True),
        ({"length": "short"}, "", True),
        ({"length": "long"}, "東京の人口はいくつ", True),
        ({"contains": ["error code"]}, "What does Error-Code 5 mean?", True),
        ({"contains": ["or"]}, "What is it for?", False),
        ({"contains": ["€", "$"]}, "Is it 5 €?", True),
        ({"contains": [""]}, "anything", False),
        ({"contains": []}, "anything", False),
        ({"contains": ["人口"]}, "東京の人口は", True),
        ({"matches": r"\be\d+"}, "What is E12?", True),
        ({"matches": r"^why"}, "But why?", False),
        ({"question_word": ["who"]}, "To whom does it belong?", True),
        ({"question_word": ["none"]}, "Is it open?", True),
        ({"question_word": ["why", "how"]}, "What is it, and why?", False),
        ({"length": "short", "question_word": ["why"]}, "Why?", True),
        ({"length": "long", "question_word": ["why"]}, "Why?", False),
    ],
)
def test_conditions(rule: dict[str, Any], text: str, expected: bool) -> None:
    assert holds(rule, text) is expected


def test_the_first_rule_that_holds_counts() -> None:
    rules: list[Any] = [
        {"ask": 1, "matches": "x"},
        {"ask": 2, "matches": "y"},
        {"ask": 3, "matches": "y"},
    ]
    assert first_rule(rules, "xy", short=1) == 0
    assert first_rule(rules, "y", short=1) == 1
    assert first_rule(rules, "z", short=1) is None


def test_question_words() -> None:
    assert question_word("In which year, and how?") == "which"
    assert question_word("Whose?") == "who"
    assert question_word("") == "none"


@pytest.mark.parametrize(
    "rules",
    [
        [],
        [{"ask": "a"}],
        [{"length": "short"}],
        [{"ask": "a", "matches": "("}],
        [{"ask": "a", "length": "tiny"}],
        [{"ask": "a", "word": "x"}],
        [{"ask": 1.5, "length": "short"}],
    ],
)
def test_rules_that_say_nothing_are_refused(rules: list[Any]) -> None:
    with pytest.raises(ValidationError):
        RuleRouter.Parameters(rules=rules)


def test_only_the_branch_of_the_rule_is_run(routed: Routed) -> None:
    flow = routed.flow("rule_router", TWO, rules=[{"ask": "dear", "question_word": ["why"]}])
    why, what = ask(flow, "Why is it so?"), ask(flow, "What is it?")
    assert (ran(why), why.answer.text, why.usd) == (["dear"], "dear", 1.0)
    assert (ran(what), what.answer.text, what.usd) == (["cheap"], "cheap", 0.1)
    assert len(routed.asked) == 2


def test_what_is_short_and_the_default_are_parameters(routed: Routed) -> None:
    rules = [{"ask": 1, "length": "short"}]
    flow = routed.flow("rule_router", TWO, rules=rules, short=2, default="dear")
    assert [ran(ask(flow, q)) for q in ("two words", "now three words")] == [["cheap"], ["dear"]]


@pytest.mark.parametrize(
    ("parameters", "told"),
    [
        ({"rules": [{"ask": "deer", "length": "long"}]}, "did you mean 'dear'"),
        ({"rules": [{"ask": 3, "length": "long"}]}, "there is no branch 3: there are 2"),
        ({"rules": [{"ask": 1, "length": "long"}], "default": 0}, "there is no branch 0"),
    ],
)
def test_a_branch_that_is_not_there_is_an_error_whichever_rule_holds(
    routed: Routed, parameters: dict[str, Any], told: str
) -> None:
    outcome = ask(routed.flow("rule_router", TWO, **parameters), "short")
    assert told in (outcome.error or "")
    assert routed.asked == []


def test_the_failure_of_the_branch_is_a_failure(routed: Routed) -> None:
    flow = routed.flow("rule_router", {"only": broken}, rules=[{"ask": 1, "length": "short"}])
    outcome = ask(flow, "Why?")
    assert "the branch is broken" in (outcome.error or "")
    assert outcome.usd == 0.5
