"""Routers that learn which branch to ask."""

from __future__ import annotations

from typing import Any

import pytest

from syftr_like.contracts import Question
from syftr_like.flow import IndexingError

from .conftest import Routed, ask, broken, ran
from .topics import coin, is_right, questions, right_where, topic

LEARNED = ["knn_router", "predictive_router", "bandit_router"]
TUNE, HOLDOUT = questions(60), questions(24, start=60)
EXPERTS = {
    "otters": right_where(lambda text: topic(text) == 0),
    "money": right_where(lambda text: topic(text) == 1),
}
pytestmark = pytest.mark.parametrize("router", LEARNED)


def share_right(flow: Any, asked: list[Question]) -> float:
    return sum(is_right(q, ask(flow, q.question).answer) for q in asked) / len(asked)


def test_it_learns_who_knows_what(routed: Routed, router: str) -> None:
    flow = routed.flow(router, EXPERTS, TUNE)
    assert share_right(flow, TUNE) >= 0.9
    assert share_right(flow, HOLDOUT) >= 0.9


def test_only_the_chosen_branch_is_run_and_learning_is_index_cost(
    routed: Routed, router: str
) -> None:
    flow = routed.flow(router, EXPERTS, TUNE, examples=20)
    learned = len(routed.asked)
    assert flow.index_cost.usd(0.0) == pytest.approx(0.1 * learned)
    assert {text for _, text in routed.asked} == {q.question for q in TUNE[:20]}
    outcome = ask(flow, HOLDOUT[0].question)
    assert len(routed.asked) == learned + 1
    assert len(ran(outcome)) == 1
    assert outcome.usd == pytest.approx(0.1)


def tossing(salt: str, turned: str | None = None) -> dict[str, Any]:
    """Two branches of which one is right, by a coin; it falls the other way for `turned`."""

    def heads(text: str) -> bool:
        return coin(text, salt) != (text == turned)

    return {"heads": right_where(heads), "tails": right_where(lambda text: not heads(text))}


def test_what_is_a_matter_of_chance_is_not_learned_by_heart(routed: Routed, router: str) -> None:
    """Were a tune question's own label seen, nearly all of them could be answered rightly."""
    tune = questions(60)
    shares = [share_right(routed.flow(router, tossing(salt), tune), tune) for salt in "abc"]
    assert 0.38 <= sum(shares) / len(shares) <= 0.62


def test_its_own_label_makes_no_difference_to_a_tune_question(routed: Routed, router: str) -> None:
    tune = questions(12)
    flow = routed.flow(router, tossing("x"), tune)
    for question in tune:
        text = question.question
        other = routed.flow(router, tossing("x", turned=text), tune)
        assert ran(ask(other, text)) == ran(ask(flow, text))


def test_nor_does_it_where_the_question_was_rewritten(routed: Routed, router: str) -> None:
    """To the words of another labelled question, whose label it may know."""
    tune = questions(12)
    flow = routed.flow(router, tossing("x"), tune, reword=lambda text: tune[0].question)
    for question in tune[1:]:
        text = question.question
        turned = routed.flow(
            router, tossing("x", turned=text), tune, reword=lambda text: tune[0].question
        )
        assert ran(ask(turned, text)) == ran(ask(flow, text))


def test_a_question_of_other_case_and_punctuation_is_the_same(routed: Routed, router: str) -> None:
    branches = {"heads": right_where(lambda t: coin(t.lower())), "tails": right_where(topic)}
    flow = routed.flow(router, branches, TUNE)
    for question in TUNE[:10]:
        plain = ran(ask(flow, question.question))
        assert ran(ask(flow, question.question.upper() + " !")) == plain


def test_cheap_where_it_makes_no_difference_dear_where_it_does(routed: Routed, router: str) -> None:
    branches = {
        "dear": right_where(lambda text: True, 1.0),
        "cheap": right_where(lambda text: topic(text) == 0, 0.1),
    }
    flow = routed.flow(router, branches, TUNE, cost_weight=0.2)
    by_topic: dict[int, list[str]] = {0: [], 1: []}
    for question in HOLDOUT:
        by_topic[topic(question.question)] += ran(ask(flow, question.question))
    assert by_topic[0].count("cheap") >= 10
    assert by_topic[1].count("dear") >= 10


def test_the_weight_of_cost_decides(routed: Routed, router: str) -> None:
    branches = {
        "dear": right_where(lambda text: True, 1.0),
        "cheap": right_where(lambda text: coin(text), 0.1),
    }
    for weight, chosen in ((0.0, "dear"), (5.0, "cheap")):
        flow = routed.flow(router, branches, TUNE, cost_weight=weight)
        asked = [ran(ask(flow, q.question))[0] for q in HOLDOUT]
        assert asked.count(chosen) >= 22


def test_the_same_again(routed: Routed, router: str) -> None:
    flows = [routed.flow(router, EXPERTS, TUNE) for _ in range(2)]
    chosen = [[ran(ask(flow, q.question)) for q in HOLDOUT] for flow in flows]
    assert chosen[0] == chosen[1]


def test_branches_that_are_always_wrong_or_fail(routed: Routed, router: str) -> None:
    branches = {"wrong": right_where(lambda text: False, 0.2), "broken": broken}
    flow = routed.flow(router, branches, TUNE, examples=20)
    outcome = ask(flow, "Anything?")
    assert ran(outcome) == ["wrong"]  # both are worth nothing: the cheaper one
    assert outcome.answer.text == "wrong"


@pytest.mark.parametrize("text", ["", "?!", "東京の人口は", "words nobody knows", "x" * 5000])
def test_any_text_is_routed(routed: Routed, router: str, text: str) -> None:
    branches = {
        "wrong": right_where(lambda text: False),
        "right": right_where(lambda text: True),
    }
    assert ran(ask(routed.flow(router, branches, TUNE), text)) == ["right"]


def test_one_branch_is_asked_without_trying_it(routed: Routed, router: str) -> None:
    flow = routed.flow(router, {"only": EXPERTS["otters"]}, TUNE)
    assert routed.asked == []
    assert ran(ask(flow, TUNE[0].question)) == ["only"]


@pytest.mark.parametrize(
    ("examples", "told"),
    [
        ([], "there are no labelled questions to learn from"),
        (TUNE[:1], "at least 2 different labelled questions"),
        ([TUNE[0], TUNE[0]], "at least 2 different labelled questions"),
    ],
)
def test_too_few_labels_are_a_clear_error(
    routed: Routed, router: str, examples: list[Question], told: str
) -> None:
    with pytest.raises(IndexingError, match=told):
        routed.flow(router, EXPERTS, examples)


def test_two_labels_are_enough_to_serve(routed: Routed, router: str) -> None:
    flow = routed.flow(router, EXPERTS, TUNE[:2])
    assert ask(flow, "Anything no1").error is None


@pytest.mark.parametrize("metric", ["latency_mean_s", "exact_mach", "usd_per_1k_questions"])
def test_the_metric_says_how_good_an_answer_is(routed: Routed, router: str, metric: str) -> None:
    from pydantic import ValidationError

    from syftr_like.contracts.registry import component_class

    with pytest.raises(ValidationError, match=metric):
        component_class(router).Parameters(metric=metric, embedder=None)


def test_time_can_be_what_is_saved(routed: Routed, router: str) -> None:
    import time

    def slow(text: str) -> Any:
        time.sleep(0.02)
        return right_where(lambda text: True, 0.0)(text)

    branches = {"slow": slow, "fast": right_where(lambda text: True, 1.0)}
    flow = routed.flow(router, branches, TUNE, examples=20, cost="seconds")
    assert [ran(ask(flow, q.question)) for q in HOLDOUT[:10]] == [["fast"]] * 10
