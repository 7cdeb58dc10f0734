"""What every local reader of the catalogue does."""

from __future__ import annotations

import pytest

from syftr_like.contracts import Answer, Chunk, Passage, Query

LOCAL = ["extractive_reader", "abstain"]


def passages_of(*texts: str) -> list[Passage]:
    return [
        Passage(Chunk("d", 0, len(text), text), 1.0 / (rank + 1)) for rank, text in enumerate(texts)
    ]


OTTERS = passages_of(
    "Sea otters were first described by Georg Steller in 1751.",
    "Otters hold hands while they sleep, so that they do not drift apart.",
)


@pytest.mark.parametrize("name", LOCAL)
@pytest.mark.parametrize("question", ["Who described sea otters?", "", "?!", "東京"])
@pytest.mark.parametrize("passages", [OTTERS, [], passages_of(""), passages_of("...")])
def test_an_answer_or_an_abstention_never_both(make, name, question, passages) -> None:
    answer = make(name).read(Query(question), passages)
    assert isinstance(answer, Answer)
    assert answer.abstained == (answer.text == "")
    assert answer.confidence is None or 0 <= answer.confidence <= 1


@pytest.mark.parametrize("name", LOCAL)
def test_the_same_again(make, name: str) -> None:
    question = Query("When were sea otters first described?")
    assert make(name).read(question, OTTERS) == make(name).read(question, OTTERS)


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
