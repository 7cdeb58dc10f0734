"""Passages reduced to what a question needs: what is kept, and where it stands."""

from __future__ import annotations

import asyncio
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.reading import split_sentences
from syftr_like.components.rerankers.compression import compressed, sentences_of
from syftr_like.components.rerankers.quotations import quoted_spans
from syftr_like.contracts import Chunk, Passage, Query
from syftr_like.errors import ComponentError

from ..conftest import make_component
from ..scripted_llm import Script

DOCUMENT = (
    "Sea otters live along the coast. They eat urchins and crabs.  Falcons dive fast. "
    "Kelp grows in cold water. Otters eat a quarter of their weight daily."
)
QUESTION = Query("What do otters eat?")


def passage_of(text: str = DOCUMENT, start: int = 0, header: str = "") -> Passage:
    return Passage(Chunk("d", start, start + len(text), header + text), 0.7)


def sentence_spans(text: str, numbers: list[int]) -> list[tuple[int, int]]:
    return [split_sentences(text)[n] for n in numbers]


def test_neighbours_keep_what_is_between_them_and_the_span_is_theirs() -> None:
    found = compressed(passage_of(), sentence_spans(DOCUMENT, [1, 2])).chunk
    assert found.text == "They eat urchins and crabs.  Falcons dive fast."
    assert DOCUMENT[found.start : found.end] == found.text


def test_a_gap_is_a_space_and_the_span_goes_over_it() -> None:
    found = compressed(passage_of(start=100), sentence_spans(DOCUMENT, [0, 3])).chunk
    assert found.text == "Sea otters live along the coast. Kelp grows in cold water."
    assert DOCUMENT[found.start - 100 : found.end - 100].endswith("in cold water.")


def test_what_was_put_before_stays_before() -> None:
    header = "Otters\n\n"
    found = compressed(
        passage_of(header=header), [sentences_of(passage_of(header=header).chunk)[3]]
    )
    assert found.chunk.text == "Otters\n\nKelp grows in cold water."
    assert DOCUMENT[found.chunk.start : found.chunk.end] == "Kelp grows in cold water."


def test_with_a_gap_a_long_header_is_dropped_lest_the_text_pass_for_the_span() -> None:
    header = "A header that is longer than what is left out between two sentences.\n\n"
    spans = sentences_of(passage_of(header=header).chunk)
    found = compressed(passage_of(header=header), [spans[0], spans[2]])
    assert found.text == "Sea otters live along the coast. Falcons dive fast."
    again = compressed(found, [(0, 32)])
    assert (again.chunk.start, again.chunk.end) == (found.chunk.start, found.chunk.end)


@given(st.data(), st.text(".a \n\u6771", max_size=8), st.integers(0, 50))
def test_the_span_is_exact_whatever_is_kept(data, header: str, start: int) -> None:
    passage = passage_of(start=start, header=header)
    spans = sentences_of(passage.chunk)
    picked = data.draw(st.sets(st.sampled_from(range(len(spans))), min_size=1))
    found = compressed(passage, [spans[n] for n in sorted(picked)]).chunk
    of_document = DOCUMENT[found.start - start : found.end - start]
    kept = [passage.text[slice(*spans[n])] for n in sorted(picked)]
    assert of_document.startswith(kept[0])
    assert of_document.endswith(kept[-1])
    assert all(text in found.text for text in kept)
    if len(found.text) >= found.end - found.start:  # as long as the span: it ends with it
        assert found.text.endswith(of_document)


def compress(name: str, *passages: Passage, question: Query = QUESTION, **values) -> list[str]:
    component = make_component(name, **values)
    return [p.text for p in component.rerank(question, passages)]


def test_sentences_with_the_questions_words_are_kept() -> None:
    (text,) = compress("extractive_compression", passage_of(), sentences=1, share=0.0)
    assert text == "Otters eat a quarter of their weight daily."
    (text,) = compress("extractive_compression", passage_of(), sentences=2, share=0.0)
    assert text.endswith("Otters eat a quarter of their weight daily.")
    assert "Kelp" not in text


def test_passages_without_such_a_sentence_are_left_out() -> None:
    falcons = passage_of("Falcons dive fast. Kelp grows.")
    assert compress("extractive_compression", falcons, passage_of(), sentences=1) == [
        "Otters eat a quarter of their weight daily."
    ]


def test_the_share_is_of_the_best_sentence_of_all() -> None:
    one, two = passage_of("Otters eat urchins."), passage_of("Otters swim.")
    assert len(compress("extractive_compression", one, two, share=0.1)) == 2
    assert len(compress("extractive_compression", one, two, share=1.0)) == 1


@pytest.mark.parametrize("name", ["extractive_compression", "embedding_compression"])
def test_where_nothing_is_known_to_be_needed_all_stays(name: str) -> None:
    question = Query("xylophone")
    assert compress(name, passage_of(), passage_of(""), question=question) == [DOCUMENT, ""]


def test_sentences_that_are_near_are_kept(make) -> None:
    (text,) = compress("embedding_compression", passage_of(), sentences=1)
    assert "eat" in text
    assert len(split_sentences(text)) == 1


def test_the_score_and_the_order_stay() -> None:
    component = make_component("extractive_compression")
    passages = [Passage(passage_of().chunk, score) for score in (0.1, 0.9)]
    assert [p.score for p in component.rerank(QUESTION, passages)] == [0.1, 0.9]


def copied(*replies: str, passages=None, **values) -> list[Passage]:
    passages = (passage_of(),) if passages is None else passages
    component = make_component("llm_compression", llm=Script(*replies), **values)
    inputs = {"question": QUESTION, "passages": passages}
    return list(asyncio.run(component.arun(inputs, None)))


def test_what_the_model_copies_is_kept_in_the_order_of_the_passage() -> None:
    reply = '- "Otters eat a quarter of their weight daily."\n- They eat urchins and crabs.'
    (found,) = copied(reply)
    assert found.text == ("They eat urchins and crabs. Otters eat a quarter of their weight daily.")
    assert DOCUMENT[found.chunk.start :].startswith("They eat")
    assert found.score == 0.7


def test_what_it_did_not_copy_is_not_kept() -> None:
    (found,) = copied("They eat urchins and crabs.\nThey also eat clams.")
    assert found.text == "They eat urchins and crabs."


def test_a_reply_that_copies_nothing_is_shown_again() -> None:
    (found,) = copied("Otters like clams.", "They eat urchins and crabs.")
    assert found.text == "They eat urchins and crabs."
    with pytest.raises(ComponentError, match="none of its lines stands in the passage"):
        copied("Otters like clams.", "And snails.")


def test_passages_of_which_nothing_helps_are_left_out() -> None:
    assert copied("NONE") == []
    falcons = passage_of("Falcons dive fast.")
    assert [p.text for p in copied("NONE", "Falcons", passages=(passage_of(), falcons))] == [
        "Falcons"
    ]


def test_an_empty_passage_is_not_asked_about() -> None:
    assert copied(passages=(passage_of(""), passage_of(" \n"))) == []


@given(st.lists(st.sampled_from(split_sentences(DOCUMENT)), min_size=1, max_size=5), st.booleans())
def test_copied_sentences_are_found_where_they_stand(spans, reflowed: bool) -> None:
    lines = [DOCUMENT[start:end] for start, end in spans]
    if reflowed:
        lines = [line.replace(" ", "  ") for line in lines]
    found = quoted_spans("\n".join(lines), DOCUMENT)
    assert found == sorted(set(spans))


@given(st.text(max_size=60))
def test_quotations_are_in_order_and_apart(reply: str) -> None:
    try:
        found = quoted_spans(reply, DOCUMENT, 10)
    except ComponentError:
        return
    assert all(10 <= start < end <= len(DOCUMENT) for start, end in found)
    assert all(a[1] < b[0] for a, b in pairwise(found))
