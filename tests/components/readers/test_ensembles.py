"""Readers that ask several times: which answer is taken, how sure they are, and what it costs."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from syftr_like.contracts import Answer, Chunk, Llm, Message, Passage, Query, calling_in, metered
from syftr_like.errors import ComponentError
from syftr_like.planning.dry_models import DryModels

from ..scripted_llm import Script

QUESTION = Query("Who described otters?")
PASSAGES = (Passage(Chunk("d", 0, 1, "Steller described otters."), 1.0),)
ABSTAINED = "NOT ANSWERABLE"
ENSEMBLES = ["self_consistency", "minimum_bayes_risk", "best_of_n", "switching"]
SECOND = {"best_of_n": "judge", "switching": "second_llm"}


def answered(make, name: str, llm: Llm, inputs: dict[str, Any] | None = None, **values) -> Answer:
    if name in SECOND:
        values.setdefault(SECOND[name], Script())
    reader = make(name, llm=llm, **values)
    inputs = {"question": QUESTION, "passages": PASSAGES} if inputs is None else inputs
    return asyncio.run(reader.arun(inputs, reader.prepare({}, None)))


@pytest.mark.parametrize("name", ENSEMBLES)
def test_one_voice_is_certain(make, name: str) -> None:
    llm = Script(*["Georg Steller"] * 3)
    found = answered(make, name, llm, samples=3)
    assert found == Answer("Georg Steller", confidence=1.0)
    assert llm.sent == [list(make("default").messages(QUESTION, PASSAGES))] * 3


@pytest.mark.parametrize("name", ENSEMBLES)
def test_all_may_abstain(make, name: str) -> None:
    found = answered(make, name, Script(*[ABSTAINED] * 2), samples=2)
    assert found == Answer("", abstained=True, confidence=1.0)


@pytest.mark.parametrize("name", ENSEMBLES)
def test_with_passages_wired_and_none_found_it_abstains_unasked(make, name: str) -> None:
    llm = Script()
    found = answered(make, name, llm, {"question": QUESTION, "passages": ()})
    assert found == Answer("", abstained=True)
    assert llm.sent == []


@pytest.mark.parametrize("name", ENSEMBLES)
def test_without_wired_passages_the_model_answers_from_what_it_knows(make, name: str) -> None:
    llm = Script("Steller", "Steller")
    assert answered(make, name, llm, {"question": QUESTION}, samples=2).text == "Steller"
    assert "own knowledge" in llm.sent[0][1].text


@pytest.mark.parametrize("name", ENSEMBLES)
def test_a_sample_that_cannot_be_read_is_asked_for_again_then_a_failure(make, name: str) -> None:
    assert answered(make, name, Script("", "Steller", "Steller"), samples=2).text == "Steller"
    with pytest.raises(ComponentError, match="empty"):
        answered(make, name, Script("", "Steller"), samples=2, tries=1)


@pytest.mark.parametrize("name", ENSEMBLES)
def test_each_sample_is_a_call_of_its_own_and_the_worst_case_is_known(make, name: str) -> None:
    def model() -> Llm:
        llm = make("langchain_chat_model", uses="tests:none", price="free", max_output_tokens=9)
        llm._client = object()  # a plan calls none
        return llm

    models = DryModels()
    values = {SECOND[name]: model()} if name in SECOND else {}
    with calling_in(models.environment()), metered() as meter:
        found = answered(make, name, model(), samples=3, **values)
    assert found.text == "a short reply"
    assert len(models.records) == 3
    assert len({call.request for call in meter.model_calls}) == 3


def test_the_most_frequent_answer_wins_with_its_share(make) -> None:
    llm = Script("Bering", "the Steller", "Steller!", "Ada", "steller")
    found = answered(make, "self_consistency", llm, samples=5)
    assert found == Answer("the Steller", confidence=0.6)


def test_of_as_frequent_answers_the_first_wins(make) -> None:
    llm = Script("Bering", "Steller", "Steller", "Bering")
    assert answered(make, "self_consistency", llm, samples=4) == Answer("Bering", confidence=0.5)


def test_abstentions_vote_together(make) -> None:
    llm = Script("Bering", ABSTAINED, "I don't know.")
    found = answered(make, "self_consistency", llm, samples=3)
    assert found == Answer("", abstained=True, confidence=2 / 3)


def test_reasoning_differs_where_answers_agree(make) -> None:
    llm = Script("Because.\nAnswer: Steller", "So:\nAnswer: Bering", "Hm.\n**Answer:** Steller")
    found = answered(make, "self_consistency", llm, samples=3, prompt=make("cot"))
    assert found == Answer("Steller", confidence=2 / 3)


def test_the_answer_most_like_the_others_is_taken(make) -> None:
    llm = Script("Vitus Bering", "Georg Steller in 1751", "Steller in 1751", "Georg Steller")
    found = answered(make, "minimum_bayes_risk", llm, samples=4)
    assert found.text == "Georg Steller in 1751"
    assert found.confidence == pytest.approx((0 + 6 / 7 + 4 / 6) / 3)


def test_an_answer_is_unlike_an_abstention(make) -> None:
    llm = Script(ABSTAINED, "Steller", ABSTAINED)
    found = answered(make, "minimum_bayes_risk", llm, samples=3)
    assert found == Answer("", abstained=True, confidence=0.5)


def test_the_judge_chooses_among_answers_that_differ(make) -> None:
    judge = Script("Answer 2")
    llm = Script("Bering", "Steller", "bering.", ABSTAINED)
    found = answered(make, "best_of_n", llm, samples=4, judge=judge)
    assert found == Answer("Steller", confidence=0.25)
    (asked,) = judge.sent
    assert "Answer 1: Bering\n\nAnswer 2: Steller\n\nAnswer 3: NOT ANSWERABLE" in asked[1].text
    assert "[1] Steller described otters." in asked[1].text


def test_the_judge_may_choose_to_abstain(make) -> None:
    llm = Script("Bering", ABSTAINED)
    found = answered(make, "best_of_n", llm, samples=2, judge=Script("2"))
    assert found == Answer("", abstained=True, confidence=0.5)


def test_a_judge_that_cannot_be_understood_is_shown_it(make) -> None:
    judge = Script("Both are fine.", "The best answer is 1.")
    assert answered(make, "best_of_n", Script("A", "B"), samples=2, judge=judge).text == "A"
    assert "reply with 1 or 2 alone" in judge.sent[1][-1].text


def test_in_the_end_the_most_frequent_answer_is_taken(make) -> None:
    judge = Script("Both.", "4", "0")
    llm = Script("A", "B", "C", "B", "C")
    found = answered(make, "best_of_n", llm, samples=5, judge=judge, tries=3)
    assert found == Answer("B", confidence=0.4)
    assert judge.replies == []


def test_the_first_of_equally_frequent_ones(make) -> None:
    judge = Script("Both.", "Neither.")
    found = answered(make, "best_of_n", Script("A", "B"), samples=2, judge=judge)
    assert found == Answer("A", confidence=0.5)


def test_a_judge_that_does_not_reply_is_a_failure(make) -> None:
    class Silent(Script):
        async def complete(self, messages: Sequence[Message]) -> str:
            raise ComponentError("no reply in 3 attempts")

    with pytest.raises(ComponentError, match="no reply"):
        answered(make, "best_of_n", Script("A", "B"), samples=2, judge=Silent())


def test_the_second_model_is_asked_where_the_first_disagrees(make) -> None:
    second = Script("Steller")
    llm = Script("Bering", "Steller", "Bering")
    found = answered(make, "switching", llm, samples=3, second_llm=second)
    assert found == Answer("Steller", confidence=0.5)
    assert second.sent == llm.sent[:1]


def test_what_counts_as_agreement_is_a_choice(make) -> None:
    llm = Script("Bering", "Steller", "Bering")
    found = answered(make, "switching", llm, samples=3, agreement=0.6, second_llm=Script())
    assert found == Answer("Bering", confidence=2 / 3)


def test_the_second_model_may_be_asked_more_than_once(make) -> None:
    second = Script("Ada", "Steller", "Steller")
    found = answered(
        make, "switching", Script("Bering", "Steller"), samples=2, second_llm=second,
        second_samples=3,
    )  # fmt: skip
    assert found == Answer("Steller", confidence=3 / 5)
