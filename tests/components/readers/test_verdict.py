"""The reader that has a judge judge the answer in its question."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from syftr_like.components.judges.judged_text import lay_out
from syftr_like.contracts import Answer, Judge, Outcome, Query, Question
from syftr_like.errors import ComponentError

from ..scripted_llm import Replying, Script

ASKED = lay_out("When does the ferry leave?", ["nine", "at 9"], "At 9.", ["It leaves at nine."])


class Keeping(Judge):
    """Gives a score, and keeps what it was to judge."""

    name = "keeping"

    def __init__(self, score: float, applies: bool = True) -> None:
        super().__init__()
        self.score = score
        self.can = applies
        self.seen: list[tuple[Question, Outcome]] = []

    def applies(self, question: Question) -> bool:
        return self.can

    async def judge(self, question: Question, outcome: Outcome) -> float:
        self.seen.append((question, outcome))
        return self.score


def verdict(reader: Any, text: str = ASKED) -> Answer:
    inputs = {"question": Query(text)}
    prepared = reader.prepare(inputs, None)
    return asyncio.run(reader.arun(inputs, prepared))


def test_the_judge_sees_the_parts_as_a_question_and_an_outcome(make) -> None:
    judge = Keeping(1.0)
    assert verdict(make("verdict", judge=judge)) == Answer("correct")
    ((question, outcome),) = judge.seen
    assert question.question == "When does the ferry leave?"
    assert question.answers == ("nine", "at 9")
    assert question.answerable
    assert outcome.answer == Answer("At 9.")
    assert [passage.text for passage in outcome.passages] == ["It leaves at nine."]


def test_without_reference_there_is_no_answer_and_without_text_an_abstention(make) -> None:
    judge = Keeping(0.0)
    assert verdict(make("verdict", judge=judge), lay_out("Who?", [], "")) == Answer("incorrect")
    ((question, outcome),) = judge.seen
    assert not question.answerable
    assert outcome.answer == Answer("", abstained=True)


@pytest.mark.parametrize(
    ("score", "at_least", "word"),
    [(0.5, 0.5, "richtig"), (0.49, 0.5, "falsch"), (0.8, 0.9, "falsch"), (1.0, 1.0, "richtig")],
)
def test_the_score_decides_and_the_words_are_ones_own(
    make, score: float, at_least: float, word: str
) -> None:
    reader = make(
        "verdict", judge=Keeping(score), at_least=at_least, correct="richtig", incorrect="falsch"
    )
    assert verdict(reader) == Answer(word)


def test_words_that_are_the_same_are_refused(make) -> None:
    with pytest.raises(ValueError, match="are both 'Correct'"):
        make("verdict", judge=Keeping(1.0), correct="Correct", incorrect="correct")


@pytest.mark.parametrize("score", [-0.1, 1.1, float("nan")])
def test_a_score_out_of_bounds_is_a_failure(make, score: float) -> None:
    with pytest.raises(ComponentError, match="not from 0 to 1"):
        verdict(make("verdict", judge=Keeping(score)))


def test_a_judge_that_does_not_apply_is_a_failure(make) -> None:
    with pytest.raises(ComponentError, match="'keeping' does not judge"):
        verdict(make("verdict", judge=Keeping(1.0, applies=False)))


def test_a_question_in_another_form_is_a_failure_and_nobody_is_asked(make) -> None:
    judge = Keeping(1.0)
    with pytest.raises(ComponentError, match="no judged answer"):
        verdict(make("verdict", judge=judge), "When does the ferry leave?")
    assert judge.seen == []


def test_a_model_is_asked_again_and_then_it_is_a_failure(make) -> None:
    llm = Script("Hm.", "Verdict: correct")
    assert verdict(make("verdict", judge=make("llm_judge", llm=llm))) == Answer("correct")
    assert len(llm.sent) == 2
    with pytest.raises(ComponentError, match="Verdict: correct"):
        verdict(make("verdict", judge=make("llm_judge", llm=Script("Hm.", "Hm."))))


def test_a_panel_draws_by_the_question_and_not_by_the_answer(make) -> None:
    llms = [Replying(lambda text: "Verdict: correct") for _ in range(3)]
    panel = make("judge_panel", llm=llms[0], second_llm=llms[1], third_llm=llms[2], mode="random")
    reader = make("verdict", judge=panel)

    def drawn(text: str) -> list[int]:
        before = [len(llm.sent) for llm in llms]
        verdict(reader, text)
        return [len(llm.sent) - count for llm, count in zip(llms, before, strict=True)]

    questions = [f"Is {n} odd?" for n in range(20)]
    by_question = [
        {tuple(drawn(lay_out(question, ["it is"], answer))) for answer in ("yes", "no")}
        for question in questions
    ]
    assert all(len(drawn) == 1 for drawn in by_question)
    assert len(set.union(*by_question)) == 3


def test_the_clients_of_the_judges_models_are_made_beforehand(make, monkeypatch) -> None:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("OPENAI_API_KEY", "practice")
    models = [
        make("chat_model", model=f"openai:{name}", price="free")
        for name in ("practice-small", "practice-medium", "practice-large")
    ]
    panel = make("judge_panel", llm=models[0], second_llm=models[1], third_llm=models[2])
    made: list[str] = []
    for model in models:
        monkeypatch.setattr(
            model, "connect", lambda model=model: made.append(model.parameters.model)
        )
    make("verdict", judge=panel).prepare({}, None)
    assert sorted(made) == sorted(model.parameters.model for model in models)
