"""Dynamic few-shot: labelled questions that a model is shown, never the one it is asked."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

import pytest

from syftr_like.contracts import Chunk, Examples, Message, Passage, Prompt, Query, Question
from syftr_like.errors import ComponentError

from ..scripted_llm import Replying

EXAMPLES = Examples(
    [
        Question("a", "Who painted the lighthouse?", ("Ada",)),
        Question("b", "When does the ferry leave?", ("nine",)),
        Question("c", "When does the ferry arrive?", ("ten", "10")),
        Question("d", "Why is the sea salty?", answerable=False),
    ]
)
PASSAGES = (Passage(Chunk("d", 0, 3, "The ferry leaves at nine."), 1.0),)
ASKED = Query("When does the ferry leave?")


def told(make, indexes, question: Query = ASKED, name: str = "llm_answer", **values: Any) -> str:
    """Return what the model was told last."""
    llm = Replying(lambda text: "Answer: nine")
    if name == "switching":
        values["second_llm"] = llm
    reader = make(name, llm=llm, **values)
    prepared = reader.prepare({"examples": EXAMPLES}, indexes)
    inputs = {"question": question, "passages": PASSAGES, "examples": EXAMPLES}
    asyncio.run(reader.arun(inputs, prepared))
    messages: Sequence[Message] = llm.sent[-1]
    return messages[-1].text


def test_the_most_alike_are_shown_the_nearest_last(make, indexes) -> None:
    text = told(make, indexes, shots=2)
    assert text.index("Question: Who painted") < text.index("Question: When does the ferry arrive?")
    assert "Answer: ten" in text


def test_the_question_itself_is_not_among_them(make, indexes) -> None:
    for by in ("words", "order"):
        text = told(make, indexes, shots=4, shots_by=by)
        assert text.count("When does the ferry leave?") == 1
        assert "Answer: nine" not in text


def test_nor_where_it_was_rewritten(make, indexes) -> None:
    again = Query("When does the boat go?", origin=ASKED.text)
    text = told(make, indexes, again, shots=4)
    assert "Question: When does the boat go?" in text
    assert ASKED.text not in text
    assert "Answer: nine" not in text


def test_the_first_are_the_same_for_all_questions(make, indexes) -> None:
    other = Query("What is the tide?")
    shown = [told(make, indexes, q, shots=1, shots_by="order") for q in (ASKED, other)]
    assert all("Question: Who painted the lighthouse?\nAnswer: Ada" in text for text in shown)


def test_one_without_an_answer_shows_the_abstention(make, indexes) -> None:
    text = told(make, indexes, Query("Why is the sea blue?"), shots=1)
    assert "Question: Why is the sea salty?\nAnswer: NOT ANSWERABLE" in text


def test_none_are_shown_unless_asked_for(make, indexes) -> None:
    assert "lighthouse" not in told(make, indexes)


@pytest.mark.parametrize("name", ["self_consistency", "switching", "minimum_bayes_risk"])
def test_every_reader_that_asks_shows_them(make, indexes, name: str) -> None:
    assert "Answer: ten" in told(make, indexes, name=name, shots=2)


def test_without_examples_there_are_none_to_show(make, indexes) -> None:
    reader = make("llm_answer", llm=Replying(lambda text: "x"), shots=2)
    with pytest.raises(ComponentError, match="`from`"):
        reader.prepare({}, indexes)


def test_a_prompt_that_shows_none_is_told(make, indexes) -> None:
    class Bare(Prompt):
        """A prompt of somebody else's."""

        name = "bare"

        def messages(self, question, passages):  # type: ignore[no-untyped-def]
            return [Message("user", question.text)]

        def parse(self, reply):  # type: ignore[no-untyped-def]
            raise NotImplementedError

    reader = make("llm_answer", llm=Replying(lambda text: "x"), prompt=Bare(), shots=2)
    with pytest.raises(ComponentError, match="shows no examples"):
        reader.prepare({"examples": EXAMPLES}, indexes)
