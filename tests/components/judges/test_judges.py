"""Judges: what they ask, and what they make of the reply."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.judges.context_precision import average_precision, relevance_of
from syftr_like.components.judges.styles import STYLES
from syftr_like.components.judges.verdicts import marks_of, verdict_of
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
    make: Any,
    name: str,
    reply: Callable[[str], str],
    answer: Answer | None,
    question: Question = FERRY,
    **values: Any,
) -> tuple[float, Replying]:
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
        (NOTHING, None, 0.0),
        (FERRY, None, 0.0),
    ],
)
def test_an_abstention_is_judged_without_asking(
    make, question: Question, answer: Answer | None, score: float
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


@pytest.mark.parametrize(
    ("reply", "relevant"),
    [
        ("yes", 1.0),
        ("**No**", 0.0),
        ("Yes, the passage is relevant.", 1.0),
        ("No. It speaks of something else.", 0.0),
        ("Relevant: yes", 1.0),
        ("<think>No, wait.</think>Yes - it says when.", 1.0),
    ],
)
def test_relevance_is_read(reply: str, relevant: float) -> None:
    assert relevance_of(reply) == relevant


@pytest.mark.parametrize("reply", ["", "No passage says so", "Yes or no", "Perhaps"])
def test_what_is_neither_yes_nor_no_is_refused(reply: str) -> None:
    with pytest.raises(ComponentError):
        relevance_of(reply)


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
        ("**Final verdict is: _Incorrect_**", 0.0),
        ('{"verdict": "correct"}', 1.0),
        ("_Verdict:_ correct. This verdict stands.", 1.0),
        ("Verdict \u2014 correct", 1.0),
        ("Verdict:\n\ncorrect", 1.0),
        ("verdict correct", 1.0),
        ("The verdict depends on the number.</think>Verdict: <incorrect>", 0.0),
    ],
)
def test_the_last_verdict_counts(reply: str, score: float) -> None:
    assert verdict_of(reply, {"correct": 1.0, "incorrect": 0.0}) == score


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("", "no line 'Verdict: correct' or 'Verdict: incorrect'"),
        ("correct", "no line"),
        ("<think>Verdict: correct", "no line"),
        ("Verdict: not correct", "the verdict is 'not'"),
        ("Verdict: partially correct", "the verdict is 'partially'"),
        ("Verdict: correct or incorrect", "leaves the verdict open"),
        ("Verdict: correct / incorrect", "leaves the verdict open"),
        ("Verdict: correct | incorrect", "leaves the verdict open"),
    ],
)
def test_what_is_no_verdict_is_said_in_words(reply: str, wrong: str) -> None:
    with pytest.raises(ComponentError, match=wrong):
        verdict_of(reply, {"correct": 1.0, "incorrect": 0.0})


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    ("replies", "score"),
    [
        (("So.\n\nVerdict: correct", "Correct.", "4"), 1.0),
        (("Verdict: INCORRECT.", "**Verdict: incorrect**", "**Marks: 3/5**"), 0.0),
        (("<think>5</think>Verdict: correct", "<think>No.</think> `correct`", "5 out of 5"), 1.0),
        (("Verdict: incorrect", "verdict - incorrect", "Hm, 2 or 3.\nMark: 1"), 0.0),
    ],
)
def test_each_style_has_a_form_of_its_own(
    make, style: str, replies: tuple[str, ...], score: float
) -> None:
    reply = dict(zip(STYLES, replies, strict=True))[style]
    found, llm = judged(make, "llm_judge", lambda t: reply, Answer("9"), style=style)
    assert (found, len(llm.sent)) == (score, 1)
    asked = llm.sent[0][-1].text
    assert all(part in asked for part in (FERRY.question, "nine / at 9", "Answer to judge: 9"))


def test_styles_ask_differently_and_the_default_is_to_reason(make) -> None:
    asked = {}
    for style in (None, *STYLES):
        values = {"style": style} if style else {}
        reply = "5" if style == "marks" else "Verdict: correct"
        _, llm = judged(make, "llm_judge", lambda t, reply=reply: reply, Answer("9"), **values)
        asked[style] = llm.sent[0]
    assert asked[None] == asked["reasoned"]
    assert len({str(messages) for messages in asked.values()}) == len(STYLES)
    assert "4 or more count as correct" in asked["marks"][-1].text


@pytest.mark.parametrize("style", STYLES)
def test_a_plan_can_read_the_example_of_a_style(style: str) -> None:
    assert STYLES[style].parse(STYLES[style].example) == 1.0


@pytest.mark.parametrize("mode", ["consensus", "random"])
def test_a_panel_asks_in_its_style(make, mode: str) -> None:
    found, llm = judged(make, "judge_panel", lambda t: "4", Answer("9"), style="marks", mode=mode)
    assert found == 1.0
    assert all("Give marks" in messages[-1].text for messages in llm.sent)


@pytest.mark.parametrize(("reply", "marks"), [("4", 4), ("**4/5**", 4), ("Marks: 2 of 5", 2)])
def test_marks_are_read(reply: str, marks: int) -> None:
    assert marks_of(reply, 5) == marks


@pytest.mark.parametrize("reply", ["", "good", "0", "6", "3.5", "4 or 5", "<think>4</think>"])
def test_what_is_no_mark_is_refused(reply: str) -> None:
    with pytest.raises(ComponentError, match="from 1 to 5"):
        marks_of(reply, 5)


def test_a_word_alone_is_a_verdict_only_where_it_is_asked_for_alone(make) -> None:
    assert judged(make, "llm_judge", lambda t: "incorrect", Answer("9"), style="brief")[0] == 0.0
    with pytest.raises(ComponentError, match="no line"):
        judged(make, "llm_judge", lambda t: "incorrect", Answer("9"))
