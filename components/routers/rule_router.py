"""Routing by rules over the question's text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal, Required

from pydantic import AfterValidator, ConfigDict
from typing_extensions import TypedDict

from syftr_like.contracts import (
    Answer,
    AskedAnswer,
    ComponentParameters,
    IntDomain,
    Query,
    Router,
    parameter,
)

from .named import BranchReference, branch_named
from .question_words import QuestionWord, question_word, words_of


class Rule(TypedDict, total=False):
    """A rule: every condition that it states must hold.

    `ask` is the branch. `length` is whether the question has at most `short` words or more;
    `contains` holds where one of the phrases stands in it, by words, whatever the case; `matches`
    where the regular expression is found in it, whatever the case; `question_word` where the first
    question word is one of them, `none` where there is none.
    """

    __pydantic_config__ = ConfigDict(extra="forbid", strict=True)  # type: ignore[misc]

    ask: Required[BranchReference]
    length: Literal["short", "long"]
    contains: list[str]
    matches: str
    question_word: list[QuestionWord]


def _checked(rules: list[Rule]) -> list[Rule]:
    for number, rule in enumerate(rules, start=1):
        if set(rule) == {"ask"}:
            raise ValueError(
                f"rule {number} has no condition: give it length, contains, matches or"
                " question_word, or make its branch the default"
            )
        try:
            re.compile(rule.get("matches", ""))
        except re.error as error:
            raise ValueError(
                f"rule {number}: `matches` is no regular expression: {error}"
            ) from None
    return rules


class RuleRouter(Router):
    """Asks the branch that the first matching rule names, by the question's words.

    Costs nothing and needs no labels: for differences that a person knows of, such as that
    questions with `why` need the larger model, or that codes in a question need keyword search.
    Rules are tried in their order; where none holds, the default branch is asked. What counts as
    short can be searched.
    """

    name = "rule_router"

    class Parameters(ComponentParameters):
        """The rules."""

        rules: Annotated[list[Rule], AfterValidator(_checked)] = parameter(
            ...,
            "Rules in their order: `{ask: branch, length: short, contains: [...], matches: regex,"
            " question_word: [...]}`.",
            min_length=1,
        )
        default: BranchReference = parameter(
            1, "The branch where no rule holds: its name, or its place from 1."
        )
        short: int = parameter(
            10, "Words that a short question has at most.", ge=0, search=IntDomain(4, 30)
        )

    parameters: Parameters

    @classmethod
    def check_branches(cls, possible: Mapping[str, Sequence[Any]], branches: Sequence[str]) -> None:
        """Check that rules and default name branches."""
        for rules in possible["rules"]:
            for rule in rules:
                branch_named(rule["ask"], branches)
        for default in possible["default"]:
            branch_named(default, branches)

    async def route(
        self, question: Query, branches: Mapping[str, AskedAnswer], prepared: Any
    ) -> Answer:
        """Return the answer of the branch that the rules choose.

        Raises:
            ComponentError: A rule or the default names no branch, or the branch failed.
        """
        p = self.parameters
        names = list(branches)
        asked = [branch_named(rule["ask"], names) for rule in p.rules]
        default = branch_named(p.default, names)
        place = first_rule(p.rules, question.text, short=p.short)
        return await branches[default if place is None else asked[place]].ask()


def first_rule(rules: Sequence[Rule], text: str, *, short: int) -> int | None:
    """Return the index of the first rule that holds for a text; None where none does."""
    return next((n for n, rule in enumerate(rules) if _holds(rule, text, short)), None)


def _holds(rule: Rule, text: str, short: int) -> bool:
    if "length" in rule:
        is_short = len(words_of(text)) <= short
        if is_short != (rule["length"] == "short"):
            return False
    if "contains" in rule and not any(_contains(text, phrase) for phrase in rule["contains"]):
        return False
    if "matches" in rule and not re.search(rule["matches"], text, re.IGNORECASE):
        return False
    return "question_word" not in rule or question_word(text) in rule["question_word"]


def _contains(text: str, phrase: str) -> bool:
    words = words_of(phrase)
    if not words:  # punctuation, such as a currency sign
        return bool(phrase) and phrase in text
    return f" {' '.join(words)} " in f" {' '.join(words_of(text))} "
