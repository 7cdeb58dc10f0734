"""Judges: what they ask, and what they make of the reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.judges.context_precision import average_precision
from syftr_like.components.judges.verdicts import verdict_of
from syftr_like.contracts import Answer, Chunk, Outcome, Passage, Question
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import ComponentError

from ..scripted_llm import Replying

JUDGES = [n for n in component_names() if component_class(n).kind.value == "judge"]
FERRY = Question("q", "When does the ferry leave?", ("nine", "at 9"))
NOTHING = Question("u", "Who owns the moon?", answerable=False)
PASSAGES = tuple(
    Passage(Chunk("d", 0, len(t), t), 1.0) for t in ("The ferry leaves at nine.", "It is green.")
)


def outcome(answer: Answer | None, passages: tuple[Passage, ...] = PASSAGES) -> Outcome:
    return Outcome("q", answer, passages, {}, (), 0.1, 0.0, 0.0)


def judged(
    make: Any, name: str, reply: Callable[[str], str], answer: Answer, question: Question = FERRY,
    **values: Any,
) -> tuple[float, Replying]:  # fmt: skip
    llm = Replying(reply)
    if name == "judge_panel":
        values |= {"second_llm": llm, "third_llm": llm}
    judge = make(name, llm=llm, **values)
    return asyncio.run(judge.judge(question, outcome(answer))), llm


@pytest.mark.parametrize(("verdict", "score"), [("correct", 1.0), ("incorrect", 0.0)])
def test_the_verdict_is_the_score(make, verdict: str, score: float) -> None:
    found, llm = judged(make, "llm_judge", lambda t: f"Hm.\n**Verdict:** {verdict}.", Answer("9"))
    assert found == score
    asked = llm.sent[0][-1].text
    assert all(part in asked for part in (FERRY.question, "nine / at 9", "Answer to judge: 9"))


@pytest.mark.parametrize(
    ("question", "answer", "score"),
    [
        (FERRY, Answer("", abstained=True), 0.0),
        (NOTHING, Answer("", abstained=True), 1.0),
        (NOTHING, Answer("Nobody"), 0.0),
    ],
)
def test_an_abstention_is_judged_without_asking(
    make, question: Question, answer: Answer, score: float
) -> None:
    found, llm = judged(make, "llm_judge", lambda t: "Verdict: correct", answer, question)
    assert (found, llm.sent) == (score, [])


def test_a_panel_decides_by_majority_or_has_one_drawn(make) -> None:
    yes = Replying(lambda t: "Verdict: correct")
    no = Replying(lambda t: "Verdict: incorrect")
    for third, score in ((yes, 1.0), (no, 0.0)):
        panel = make("judge_panel", llm=yes, second_llm=no, third_llm=third)
        assert asyncio.run(panel.judge(FERRY, outcome(Answer("9")))) == score
    yes.sent.clear()
    no.sent.clear()
    drawing = make("judge_panel", llm=yes, second_llm=no, third_llm=yes, mode="random")
    questions = [Question(str(n), FERRY.question, FERRY.answers) for n in range(30)]
    scores = [asyncio.run(drawing.judge(q, outcome(Answer("9")))) for q in questions]
    assert len(yes.sent) + len(no.sent) == 30
    assert 0 < sum(scores) < 30
    assert scores == [asyncio.run(drawing.judge(q, outcome(Answer("9")))) for q in questions]


def test_faithfulness_looks_at_what_was_read(make) -> None:
    found, llm = judged(make, "faithfulness", lambda t: "Verdict: supported", Answer("nine"))
    assert found == 1.0
    assert "[1] The ferry leaves at nine." in llm.sent[0][-1].text
    judge = make("faithfulness", llm=llm)
    assert asyncio.run(judge.judge(FERRY, outcome(Answer("nine"), ()))) == 0.0
    assert asyncio.run(judge.judge(FERRY, outcome(Answer("", abstained=True)))) == 1.0


def test_context_precision_asks_about_each_passage(make) -> None:
    def reply(text: str) -> str:
        return "Yes." if "It is green" in text else "no"

    found, llm = judged(make, "context_precision", reply, Answer("nine"))
    assert (found, len(llm.sent)) == (0.5, 2)
    assert not make("context_precision", llm=llm).applies(NOTHING)


@given(st.lists(st.sampled_from([0.0, 1.0]), max_size=8))
def test_precision_is_best_where_the_relevant_come_first(relevant: list[float]) -> None:
    first = average_precision(sorted(relevant, reverse=True))
    assert 0 <= average_precision(relevant) <= first <= 1
    assert first == (1.0 if any(relevant) else 0.0)


@pytest.mark.parametrize("name", JUDGES)
def test_a_reply_without_a_verdict_is_asked_again_and_then_fails(make, name: str) -> None:
    with pytest.raises(ComponentError, match=r"Verdict|yes or no"):
        judged(make, name, lambda t: "I would rather not say.", Answer("nine"), tries=2)


@pytest.mark.parametrize(
    ("reply", "score"),
    [
        ("Verdict: correct", 1.0),
        ("verdict - INCORRECT", 0.0),
        ("I first thought Verdict: correct, but no.\n\nVerdict: incorrect", 0.0),
        ("<think>Verdict: correct</think>\nVerdict: incorrect", 0.0),
    ],
)
def test_the_last_verdict_counts(reply: str, score: float) -> None:
    assert verdict_of(reply, {"correct": 1.0, "incorrect": 0.0}) == score
