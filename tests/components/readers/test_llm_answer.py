from __future__ import annotations

import asyncio

import pytest

from syftr_like.components.readers.llm_answer import LlmAnswer
from syftr_like.contracts import Answer, Chunk, Llm, Passage, Query
from syftr_like.errors import ComponentError

from ..scripted_llm import Script

QUESTION = Query("Who described otters?")
PASSAGES = (Passage(Chunk("d", 0, 1, "Steller described otters."), 1.0),)


def answer(make, llm: Llm, inputs=None, **values) -> Answer:
    reader = make("llm_answer", llm=llm, **values)
    inputs = {"question": QUESTION, "passages": PASSAGES} if inputs is None else inputs
    prepared = reader.prepare({}, None)
    return asyncio.run(reader.arun(inputs, prepared))


def test_the_model_is_sent_the_prompt_and_its_reply_is_parsed(make) -> None:
    llm = Script("Answer: Steller")
    assert answer(make, llm) == Answer("Steller")
    assert llm.sent == [list(make("default").messages(QUESTION, PASSAGES))]


def test_the_prompt_is_a_choice(make) -> None:
    llm = Script("Because.\nAnswer: Steller")
    assert answer(make, llm, prompt=make("cot")) == Answer("Steller")
    assert "step by step" in llm.sent[0][1].text


def test_an_abstention_is_an_abstention(make) -> None:
    assert answer(make, Script("NOT ANSWERABLE")) == Answer("", abstained=True)


def test_a_malformed_reply_is_shown_to_the_model_again(make) -> None:
    llm = Script("It was Steller.", "Answer: Steller")
    assert answer(make, llm, prompt=make("cot")) == Answer("Steller")
    assert [m.role for m in llm.sent[1]] == ["system", "user", "assistant", "user"]
    assert llm.sent[1][2].text == "It was Steller."
    assert "no line 'Answer: ...'" in llm.sent[1][3].text


def test_an_empty_reply_is_not_sent_back(make) -> None:
    llm = Script("", "Steller")
    assert answer(make, llm) == Answer("Steller")
    assert [m.role for m in llm.sent[1]] == ["system", "user", "user"]


def test_malformed_to_the_end_is_a_failure(make) -> None:
    llm = Script("It was Steller.", "Steller!", "Answer: too late")
    with pytest.raises(ComponentError, match="Answer"):
        answer(make, llm, prompt=make("cot"), tries=2)
    assert len(llm.sent) == 2


def test_without_wired_passages_the_model_answers_from_what_it_knows(make) -> None:
    llm = Script("Steller", "Steller")
    assert answer(make, llm, {"question": QUESTION}) == Answer("Steller")
    assert answer(make, llm, {"question": QUESTION, "passages": None}) == Answer("Steller")
    assert "own knowledge" in llm.sent[0][1].text


def test_with_passages_wired_and_none_found_it_abstains_unasked(make) -> None:
    llm = Script()
    found = answer(make, llm, {"question": QUESTION, "passages": ()})
    assert found == Answer("", abstained=True)
    assert llm.sent == []


def test_it_is_awaited_and_needs_a_model(make) -> None:
    assert make("llm_answer", llm=Script()).asynchronous
    with pytest.raises(ValueError, match="llm"):
        LlmAnswer.Parameters(prompt=make("default"))


def test_citations_are_checked_against_the_passages_at_hand(make) -> None:
    llm = Script("Steller [2]", "Steller [1]")
    assert answer(make, llm, prompt=make("cite_sources")) == Answer("Steller")
    assert "there is no passage [2]" in llm.sent[1][-1].text
