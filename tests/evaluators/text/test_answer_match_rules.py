"""What is decided without the classifier, and how much each word of a reference weighs."""

from __future__ import annotations

import pytest

from syftr_like.evaluators.text.alignment import AnswerText
from syftr_like.evaluators.text.answer_match import rule_verdict
from syftr_like.evaluators.text.references import prepare_references
from syftr_like.evaluators.text.weights import token_weights


def verdict(question: str, golds: list[str], answer: str) -> bool | None:
    references = prepare_references(question, tuple(golds))
    return rule_verdict(references, AnswerText(answer), golds, answer)


@pytest.mark.parametrize(
    ("golds", "answer", "expected"),
    [
        ([], "", True),
        ([], "I don't know.", True),
        ([], "Lyon", False),
        (["Lyon"], "", False),
        (["Lyon"], "lyon!", True),
        (["Lyon"], "The answer is Lyon.", True),
        (["Lyon"], "It's Lyon", True),
        (["Lyon"], "My final answer: Lyon", True),
        (["Paris", "Lyon"], "Lyon", True),
        (["3.5"], "35", None),
        (["A+"], "A", None),
        (["well-known"], "wellknown", True),
        (["*"], "a star (*)", True),
        (["*"], "a star", False),
        (["yes"], "Yes, it is.", True),
        (["no"], "Yes, it is.", False),
        (["no", "false"], "No, never.", True),
        (["no"], "It is not.", None),
        (["Lyon"], "I'm sorry, I do not know that.", False),
        (["Lyon"], "The context does not mention it.", False),
        (["Lyon"], "I'm not sure, perhaps Lyon", None),
        (["Lyon"], "not Lyon but Paris", False),
        (["Lyon"], "It is Paris rather than Lyon.", False),
        (["Lyon"], "It was never in Lyon", False),
        (["Lyon"], "It was not only in Lyon", None),
        (["Lyon"], "not Lyon at first, but Lyon later", None),
        (["Lyon"], "in Lyon, I believe", None),
    ],
)
def test_rules_decide_plain_cases_and_leave_the_others(
    golds: list[str], answer: str, expected: bool | None
) -> None:
    assert verdict("Where is it?", golds, answer) is expected


def weights(reference: str, question: str) -> list[float]:
    prepared = prepare_references(question, (reference,))
    (only,) = prepared.references
    assert only.weights == token_weights(only.tokens, prepared.question, prepared.asked)
    return list(only.weights)


def test_what_the_question_says_already_weighs_a_quarter() -> None:
    asked, new = weights("naval base", "Which naval site was it?")
    assert asked == pytest.approx(new / 4)


def test_a_number_weighs_more_than_a_word_and_a_unit_less() -> None:
    number, unit, word = weights("40 days leave", "What is granted?")
    assert number > word > unit


def test_the_surname_weighs_most_where_a_person_is_asked_for() -> None:
    first, middle, last = weights("Wilhelm Conrad Roentgen", "Who won it?")
    assert last > first >= middle
    assert len(set(weights("Wilhelm Conrad Roentgen", "What is on the plate?"))) == 1
    assert weights("Ada Smith", "Which English chemist won?")[1] > 1.0


def test_brackets_in_a_reference_may_be_left_out() -> None:
    prepared = prepare_references("Which bird is it?", ("Swan (bird)",))
    assert [r.tokens for r in prepared.references] == [("swan", "bird"), ("swan",)]


def test_the_same_reference_in_two_spellings_counts_once() -> None:
    assert len(prepare_references("How many?", ("Six", "6", "the six")).references) == 1
