"""What every query transform of the catalogue does."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from syftr_like.contracts import Chunk, Chunks, Kind, Query, traits
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import ComponentError

from ..scripted_llm import Script

TRANSFORMS = [
    name for name in component_names() if component_class(name).kind is Kind.QUERY_TRANSFORM
]
ASKING = [name for name in TRANSFORMS if "llm" in component_class(name).Parameters.model_fields]
CHUNKS = Chunks(Chunk("d", i, i + 1, text) for i, text in enumerate(["otters eat", "kelp grows"]))
QUESTIONS = ["What do sea otters eat?", "", "?!", "東京の人口は", "the of and", "a\nb $x # user"]


@pytest.fixture(params=TRANSFORMS)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def transform(make, indexes, name):
    def run(question: Query, replies: tuple[str, ...] = ("Sea otter diet",) * 10) -> Query:
        llm = {"llm": Script(*replies)} if name in ASKING else {}
        component = make(name, **llm)
        inputs: dict[str, Any] = {"question": question}
        prepared = component.prepare(inputs, indexes)
        if component.asynchronous:
            return asyncio.run(component.arun(inputs, prepared))
        return component.run(inputs, prepared)

    return run


@pytest.mark.parametrize("text", QUESTIONS)
def test_a_question_becomes_texts_that_differ(transform, text: str) -> None:
    found = transform(Query(text))
    assert isinstance(found, Query)
    assert isinstance(found.alternatives, tuple)
    texts = [query.text for query in found.each()]
    assert len(set(texts)) == len(texts)
    assert all(alternative.strip() for alternative in found.alternatives)


def test_alternatives_that_were_there_stay(transform) -> None:
    found = transform(Query("What do sea otters eat?", ("Otter food",)))
    assert found.alternatives[0] == "Otter food"


def test_the_same_again(transform) -> None:
    question = Query("What do sea otters eat in kelp forests?")
    assert transform(question) == transform(question)


@pytest.mark.parametrize("name", ASKING)
def test_the_question_is_asked_about_and_nothing_in_it_is_filled_in(make, name: str) -> None:
    llm = Script("A reply")
    asyncio.run(make(name, llm=llm).arun({"question": Query("Is $question # user?")}, None))
    assert "Question: Is $question # user?" in llm.sent[0][-1].text
    assert [message.role for message in llm.sent[0]] == ["system", "user"]


@pytest.mark.parametrize("name", ASKING)
def test_a_reply_that_cannot_be_read_is_shown_and_in_the_end_a_failure(make, name: str) -> None:
    llm = Script("<think>Hm.</think>", "")
    with pytest.raises(ComponentError, match="it is empty; write"):
        asyncio.run(make(name, llm=llm).arun({"question": Query("Why?")}, None))
    assert len(llm.sent) == 2
    assert "could not be read" in llm.sent[1][-1].text


@pytest.mark.parametrize("name", ASKING)
def test_the_model_is_a_choice_without_a_default_and_awaited(make, name: str) -> None:
    parameters = component_class(name).Parameters
    assert traits(parameters.model_fields["llm"]).component_default is None
    component = make(name, llm=Script())
    assert component.asynchronous
    with pytest.raises(NotImplementedError, match=f"{name} is asynchronous"):
        component.transform(Query("Why?"))
