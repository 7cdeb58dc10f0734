"""Transforms that ask a language model about each chunk: what is asked, read and paid for."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable

import pytest

from syftr_like.components.chunk_transforms.llm_headers import excerpt
from syftr_like.contracts import (
    Chunk,
    Chunks,
    Document,
    Documents,
    Llm,
    ModelCall,
    ModelCallError,
    Query,
    record_model_call,
)
from syftr_like.contracts.tokens import count_tokens, token_starts
from syftr_like.errors import ComponentError

from .models import Replying, first_word_again, passage_in

TEXT = "Amber floats. Locks lift ships. Bees dance."
DOCUMENTS = Documents([Document("d", "Notes", TEXT)])
CHUNKS = Chunks(
    [
        Chunk("d", 0, 13, "Amber floats."),
        Chunk("d", 14, 31, "Locks lift ships."),
        Chunk("d", 32, 43, "Bees dance."),
    ]
)
BOTH = pytest.mark.parametrize("name", ["predicted_queries", "llm_headers"])


def unreadable_about(*words: str) -> Callable[[str], str]:
    return lambda text: "" if passage_in(text).split()[0] in words else first_word_again(text)


def test_a_chunk_is_found_by_the_words_of_a_prediction(make, indexes) -> None:
    llm = Replying(lambda text: "Insects waggling?" if "Bees dance" in text else "Why?")
    found = make("predicted_queries", llm=llm).transform(CHUNKS, DOCUMENTS)
    bm25 = make("bm25", k=3)
    hits = bm25.retrieve(Query("Which insect waggles?"), bm25.index(found, indexes))
    assert [hit.text for hit in hits] == ["Bees dance."]


def test_the_predicted_questions_are_searched_and_not_read(make) -> None:
    llm = Replying(first_word_again)
    found = make("predicted_queries", llm=llm, queries=2).transform(CHUNKS, DOCUMENTS)
    assert found[0].searched == "Amber floats.\n\nWhat is Amber?\nWhere is Amber?"
    assert [chunk.text for chunk in found] == [chunk.text for chunk in CHUNKS]
    assert "Write 2 different questions" in llm.sent[0][-1].text


def test_no_more_questions_than_asked_for(make) -> None:
    llm = Replying(lambda text: "A?\nB?\nC?")
    found = make("predicted_queries", llm=llm, queries=1).transform(CHUNKS, DOCUMENTS)
    assert found[0].searched == "Amber floats.\n\nA?"


def test_chunks_that_are_searched_alike_are_asked_about_once(make) -> None:
    llm = Replying(first_word_again)
    twice = Chunks([CHUNKS[0], Chunk("e", 0, 13, "Amber floats.", None), CHUNKS[1]])
    found = make("predicted_queries", llm=llm).transform(twice, DOCUMENTS)
    assert len(llm.sent) == 2
    assert found[0].search == found[1].search


def test_the_model_sees_the_document_and_the_passage(make) -> None:
    llm = Replying(lambda text: "It is about amber.")
    found = make("llm_headers", llm=llm).transform(CHUNKS, DOCUMENTS)
    assert 'Document "Notes":' in llm.sent[0][-1].text
    assert TEXT in llm.sent[0][-1].text
    assert passage_in(llm.sent[0][-1].text) == "Amber floats."
    assert found[0].search == "It is about amber.\n\nAmber floats."
    assert found[0].text == "Amber floats."


def test_the_sentence_may_be_read_too(make) -> None:
    llm = Replying(lambda text: "It is about amber.")
    (chunk, *_) = make("llm_headers", llm=llm, read=True).transform(CHUNKS, DOCUMENTS)
    assert (chunk.text, chunk.search) == ("It is about amber.\n\nAmber floats.", None)


def test_small_chunks_of_one_large_one_are_asked_about_once(make) -> None:
    llm = Replying(lambda text: "About notes.")
    children = make("parent_child", parent_tokens=64, child_tokens=8).split(DOCUMENTS)
    found = make("llm_headers", llm=llm).transform(children, DOCUMENTS)
    assert len(children) > 1
    assert len(llm.sent) == 1
    assert all(chunk.searched.startswith("About notes.\n\nNotes\n\n") for chunk in found)


@BOTH
def test_a_reply_that_cannot_be_read_is_asked_for_again(make, name: str) -> None:
    replies = iter(["", "Readable?"])
    llm = Replying(lambda text: next(replies))
    found = make(name, llm=llm).transform(Chunks(CHUNKS[:1]), DOCUMENTS)
    assert "Readable?" in found[0].searched
    assert "could not be read" in llm.sent[1][-1].text


@BOTH
def test_a_few_chunks_may_stay_as_they_are_which_is_told(make, name: str, caplog) -> None:
    transform = make(name, llm=Replying(unreadable_about("Locks")), tries=1, unreadable=0.4)
    with caplog.at_level(logging.WARNING, "syftr_like"):
        found = transform.transform(CHUNKS, DOCUMENTS)
    assert found[1] == CHUNKS[1]
    assert found[0] != CHUNKS[0]
    assert found[2] != CHUNKS[2]
    assert f"{name}: 1 of 3 replies cannot be read" in caplog.text


@BOTH
def test_more_of_them_are_a_failure_and_no_more_is_paid_for(make, name: str) -> None:
    text = "".join(f"Word{n} stands. " for n in range(100))
    places = [(text.index(f"Word{n} "), text.index(f"Word{n} ") + 6) for n in range(100)]
    chunks = Chunks(Chunk("d", start, end, text[start:end]) for start, end in places)
    llm = Replying(lambda text: "")
    transform = make(name, llm=llm, tries=1, unreadable=0.02)
    with pytest.raises(ComponentError, match="3 of 100 replies or more cannot be read, 2 may be"):
        transform.transform(chunks, Documents([Document("d", "", text)]))
    assert len(llm.sent) < 20


class Unreachable(Llm):
    name = "unreachable"

    async def complete(self, messages) -> str:
        raise ModelCallError("no reply", ModelCall("m", 1, 0, 0.0, 0.0))


@BOTH
def test_a_model_that_does_not_answer_is_a_failure_however_many_may_be_unreadable(
    make, name: str
) -> None:
    with pytest.raises(ModelCallError, match="no reply"):
        make(name, llm=Unreachable(), unreadable=1.0).transform(CHUNKS, DOCUMENTS)


@BOTH
def test_it_runs_where_an_event_loop_runs_as_in_a_notebook(make, name: str) -> None:
    transform = make(name, llm=Replying(first_word_again))

    async def cell() -> Chunks:
        return transform.transform(CHUNKS, DOCUMENTS)

    assert asyncio.run(cell()).fingerprint == transform.transform(CHUNKS, DOCUMENTS).fingerprint


class Paid(Llm):
    name = "paid"

    async def complete(self, messages) -> str:
        record_model_call(ModelCall("paid", 10, 5, 0.25, 0.1))
        return "About it?"


@BOTH
def test_what_it_costs_is_index_cost_and_shared(make, name: str) -> None:
    """Flows that share the chunks share the calls, and each is told what they cost."""
    from syftr_like.flow.index_store import IndexStore

    store = IndexStore()
    transform = make(name, llm=Paid())
    for _ in range(2):
        with store.tracked() as work:
            found = store.compute("k", lambda: transform.transform(CHUNKS, DOCUMENTS))
        assert store.cost(work).usd(0.0) == 0.75
        assert len(found) == 3
    assert store.paid_usd == 0.75


@pytest.mark.parametrize("tokens", [64, 100, 250])
@pytest.mark.parametrize("place", [0, 40, 400, 980])
def test_of_a_long_document_the_beginning_and_the_surroundings_are_shown(
    tokens: int, place: int
) -> None:
    words = [f"w{n:03}" for n in range(1000)]
    text = " ".join(words)
    start = text.index(words[place])
    span = (start, start + 20 * 5 - 1)
    shown = excerpt(text, token_starts(text), span, tokens)
    assert text[span[0] : span[0] + 30] in shown
    assert shown.startswith("w000 w001")
    assert "[...]" in shown
    dots = shown.count("[...]") * count_tokens("[...]")
    assert count_tokens(shown) - dots == tokens


def test_a_document_that_fits_is_shown_whole() -> None:
    assert excerpt(TEXT, token_starts(TEXT), (0, 5), 64) == TEXT
