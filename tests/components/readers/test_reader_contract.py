"""What every reader of the catalogue does."""

from __future__ import annotations

import asyncio

import pytest

from syftr_like.components.judges.judged_text import lay_out
from syftr_like.contracts import Adapter, Answer, Chunk, Judge, Kind, Llm, Passage, Query
from syftr_like.contracts.registry import component_class, component_names

from ..scripted_llm import Replying

READERS = [
    name
    for name in component_names()
    if component_class(name).kind is Kind.READER and not issubclass(component_class(name), Adapter)
]
ASKING = [
    name
    for name in READERS
    if {"llm", "judge"} & component_class(name).Parameters.model_fields.keys()
]
REPLIES = {"same": "Georg Steller", "none": "NOT ANSWERABLE"}
VERDICTS = {"same": "Verdict: correct", "none": "Verdict: incorrect"}


def passages_of(*texts: str) -> list[Passage]:
    return [
        Passage(Chunk("d", 0, len(text), text), 1.0 / (rank + 1)) for rank, text in enumerate(texts)
    ]


OTTERS = passages_of(
    "Sea otters were first described by Georg Steller in 1751.",
    "Otters hold hands while they sleep, so that they do not drift apart.",
)


def asked_by(make, name: str, reply: str = "same") -> dict[str, object]:
    """The models, and the judges, that a reader asks."""
    found: dict[str, object] = {}
    for parameter, field in component_class(name).Parameters.model_fields.items():
        if field.annotation is Llm:
            found[parameter] = Replying(lambda text: REPLIES[reply])
        elif field.annotation is Judge:
            llm = Replying(lambda text: VERDICTS[reply])
            found[parameter] = make("llm_judge", llm=llm)
    return found


@pytest.fixture
def read(make):
    def run(name: str, question: Query, passages: list[Passage], reply: str = "same") -> Answer:
        reader = make(name, **asked_by(make, name, reply))
        if name == "verdict":  # whose questions are judged answers
            texts = [passage.text for passage in passages]
            question = Query(lay_out(question.text or "?", ["Steller"], question.text, texts))
        inputs = {"question": question, "passages": passages}
        prepared = reader.prepare(inputs, None)
        if reader.asynchronous:
            return asyncio.run(reader.arun(inputs, prepared))
        return reader.run(inputs, prepared)

    return run


@pytest.mark.parametrize("name", READERS)
@pytest.mark.parametrize("question", ["Who described sea otters?", "", "?!", "東京"])
@pytest.mark.parametrize("passages", [OTTERS, [], passages_of(""), passages_of("...")])
@pytest.mark.parametrize("reply", REPLIES)
def test_an_answer_or_an_abstention_never_both(read, name, question, passages, reply) -> None:
    answer = read(name, Query(question), passages, reply)
    assert isinstance(answer, Answer)
    assert answer.abstained == (answer.text == "")
    assert answer.confidence is None or 0 <= answer.confidence <= 1


@pytest.mark.parametrize("name", READERS)
def test_the_same_again(read, name: str) -> None:
    question = Query("When were sea otters first described?")
    assert read(name, question, OTTERS) == read(name, question, OTTERS)


@pytest.mark.parametrize("name", ASKING)
def test_what_asks_a_model_is_awaited(make, name: str) -> None:
    reader = make(name, **asked_by(make, name))
    assert reader.asynchronous
    with pytest.raises(NotImplementedError, match=f"{name} is asynchronous"):
        reader.read(Query("Who?"), OTTERS)


def test_extractive_reader_answers_with_words_of_a_passage(make) -> None:
    answer = make("extractive_reader").read(Query("Who first described sea otters?"), OTTERS)
    assert answer.text == "Georg Steller"
    assert answer.confidence is not None


def test_extractive_reader_abstains_below_the_threshold_and_says_how_sure_it_was(make) -> None:
    question = Query("Who first described sea otters?")
    confidence = make("extractive_reader").read(question, OTTERS).confidence
    below = make("extractive_reader", abstain_below=min(1.0, confidence + 0.01))
    assert below.read(question, OTTERS) == Answer("", abstained=True, confidence=confidence)
    at = make("extractive_reader", abstain_below=confidence)
    assert not at.read(question, OTTERS).abstained


def test_extractive_reader_reads_only_the_first_passages(make) -> None:
    question = Query("Who first described sea otters?")
    answer = make("extractive_reader", passages=1).read(question, [OTTERS[1], OTTERS[0]])
    assert "Steller" not in answer.text


def test_extractive_reader_keeps_answers_short(make) -> None:
    answer = make("extractive_reader", max_answer_tokens=1).read(
        Query("Who first described sea otters?"), OTTERS
    )
    assert len(answer.text.split()) == 1


def test_abstain_needs_no_passages(make) -> None:
    component = make("abstain")
    assert set(component.inputs) == {"question"}
    assert component.run({"question": Query("Why?")}, None) == Answer("", abstained=True)
