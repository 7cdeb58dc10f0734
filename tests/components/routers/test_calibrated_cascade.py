"""A cascade that learns when an answer is right."""

from __future__ import annotations

from typing import Any

import pytest

from syftr_like.contracts import Answer, Question
from syftr_like.flow import IndexingError

from .conftest import Routed, ask, broken, paid, ran, replies
from .topics import coin, is_right, questions, right_where, topic

TUNE, HOLDOUT = questions(60), questions(24, start=60)
DEAR = right_where(lambda text: True, 1.0)


def unsure(knows: Any, tells: Any, usd: float = 0.1) -> Any:
    """A branch that is right where it knows, with a confidence that it tells."""

    def work(text: str) -> Answer:
        answer = right_where(knows, usd)(text)
        return Answer(answer.text, confidence=tells(text))

    return work


def test_it_learns_what_a_confidence_means(routed: Routed) -> None:
    """The cheap branch is right where it is least sure of itself."""
    cheap = unsure(coin, lambda text: 0.2 if coin(text) else 0.8)
    flow = routed.flow("calibrated_cascade", {"cheap": cheap, "dear": DEAR}, TUNE)
    for question in HOLDOUT:
        outcome = ask(flow, question.question)
        assert is_right(question, outcome.answer)
        assert ran(outcome) == (["cheap"] if coin(question.question) else ["cheap", "dear"])


def test_it_learns_from_the_question_where_there_is_no_confidence(routed: Routed) -> None:
    cheap = right_where(lambda text: topic(text) == 0)
    flow = routed.flow("calibrated_cascade", {"cheap": cheap, "dear": DEAR}, TUNE)
    went_on = [len(ran(ask(flow, q.question))) == 2 for q in HOLDOUT]
    assert sum(on == bool(topic(q.question)) for on, q in zip(went_on, HOLDOUT, strict=True)) >= 20


def test_it_learns_that_answers_which_agree_are_right(routed: Routed) -> None:
    def guess(salt: str) -> Any:
        def work(text: str) -> Answer:
            paid(0.1)
            right = coin(text) or coin(text, salt)
            return right_where(lambda t: right, 0.0)(text) if right else Answer(f"guess{salt}")

        return work

    flow = routed.flow(
        "calibrated_cascade",
        {"one": guess("1"), "two": guess("2"), "dear": DEAR},
        TUNE,
        threshold=1.0,
        threshold_2=0.7,
        regularisation=1.0,
        components=0,
    )
    agreed = []
    for question in HOLDOUT:
        outcome = ask(flow, question.question)
        same = guess("1")(question.question) == guess("2")(question.question)
        agreed.append(("dear" in ran(outcome)) != same)
    assert sum(agreed) >= 19


def test_an_abstention_stands_where_it_tends_to_be_right(routed: Routed) -> None:
    tune = [
        Question(q.id, q.question, () if coin(q.question) else q.answers, (), not coin(q.question))
        for q in TUNE
    ]

    def knows_its_limits(text: str) -> Answer:
        return Answer("", abstained=True) if coin(text) else Answer("guess")

    flow = routed.flow("calibrated_cascade", {"cheap": knows_its_limits, "dear": DEAR}, tune)
    for question in HOLDOUT:
        expected = ["cheap"] if coin(question.question) else ["cheap", "dear"]
        assert ran(ask(flow, question.question)) == expected


def test_what_was_learned_is_the_answers_confidence(routed: Routed) -> None:
    branches = {"cheap": right_where(lambda text: True), "dear": replies("x", 1.0, confidence=0.3)}
    sure = ask(routed.flow("calibrated_cascade", branches, TUNE), HOLDOUT[0].question).answer
    assert 0.9 < (sure.confidence or 0) < 1
    flow = routed.flow("calibrated_cascade", branches, TUNE, threshold=1.0)
    assert ask(flow, HOLDOUT[0].question).answer == Answer("x", confidence=0.3)


def test_the_last_branch_is_not_tried_and_learning_is_index_cost(routed: Routed) -> None:
    branches = {"cheap": right_where(coin), "dear": DEAR}
    flow = routed.flow("calibrated_cascade", branches, TUNE, examples=20)
    assert [name for name, _ in routed.asked] == ["cheap"] * 20
    assert flow.index_cost.usd(0.0) == pytest.approx(2.0)


def tossed(salt: str, n: int, turned: str | None = None) -> list[Question]:
    """Questions of which `yes` is the answer to some, by a coin; the other way for `turned`."""
    return [
        Question(q.id, q.question, ("yes" if coin(q.question, salt) != (q.id == turned) else "no",))
        for q in questions(n)
    ]


YES = {"cheap": replies("yes", 0.1), "dear": DEAR}


def test_its_own_label_makes_no_difference_to_a_tune_question(routed: Routed) -> None:
    flow = routed.flow("calibrated_cascade", YES, tossed("x", 12), threshold=0.0)
    for question in questions(12):
        labelled = tossed("x", 12, turned=question.id)
        other = routed.flow("calibrated_cascade", YES, labelled, threshold=0.0)
        answers = [ask(f, question.question).answer for f in (flow, other)]
        assert answers[0] == answers[1]
        assert answers[0].confidence is not None


def test_chance_is_not_learned_by_heart(routed: Routed) -> None:
    """Knowing the labels, it would go on exactly where the cheap branch is wrong."""
    right = 0
    for salt in "abc":
        flow = routed.flow("calibrated_cascade", YES, tossed(salt, 60))
        for question in tossed(salt, 60):
            stood = ran(ask(flow, question.question)) == ["cheap"]
            right += stood == (question.answers == ("yes",))
    assert 0.35 <= right / 180 <= 0.65


def test_a_branch_that_fails_is_passed_over(routed: Routed) -> None:
    branches = {"broken": broken, "cheap": right_where(lambda text: True), "dear": DEAR}
    outcome = ask(routed.flow("calibrated_cascade", branches, TUNE), HOLDOUT[0].question)
    assert ran(outcome) == ["broken", "cheap"]
    flow = routed.flow(
        "calibrated_cascade", {"cheap": right_where(lambda t: False), "last": broken}, TUNE
    )
    assert "the branch is broken" in (ask(flow, HOLDOUT[0].question).error or "")


def test_one_branch_just_answers(routed: Routed) -> None:
    flow = routed.flow("calibrated_cascade", {"only": DEAR}, TUNE)
    assert routed.asked == []
    assert ran(ask(flow, "Anything no1")) == ["only"]


@pytest.mark.parametrize(
    ("labelled", "parameters", "told"),
    [
        ([], {}, "no labelled questions to learn from"),
        (TUNE[:1], {}, "at least 2 different"),
        (TUNE, {"threshold_2": 0.5}, "threshold_2 has no effect"),
    ],
)
def test_what_cannot_be_learned_is_a_clear_error(
    routed: Routed, labelled: Any, parameters: Any, told: str
) -> None:
    with pytest.raises(IndexingError, match=told):
        routed.flow("calibrated_cascade", {"a": DEAR, "b": DEAR}, labelled, **parameters)
