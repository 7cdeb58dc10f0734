"""Splitters that search another text than they have read."""

from __future__ import annotations

import pytest

from syftr_like.components.splitters.sentences import LONGEST_SENTENCE
from syftr_like.contracts import Document, Documents, Query
from syftr_like.contracts.tokens import count_tokens

TEXT = "One is red. Two is green. Three is blue. Four is grey. Five is black."
DOCUMENTS = Documents([Document("d", "Colours", TEXT), Document("e", "", "Alone.")])


def test_a_sentence_is_read_with_those_around_it(make) -> None:
    chunks = make("sentence_window", around=1, titles=False).split(DOCUMENTS)
    assert [(c.searched, c.text) for c in chunks] == [
        ("One is red.", "One is red. Two is green."),
        ("Two is green.", "One is red. Two is green. Three is blue."),
        ("Three is blue.", "Two is green. Three is blue. Four is grey."),
        ("Four is grey.", "Three is blue. Four is grey. Five is black."),
        ("Five is black.", "Four is grey. Five is black."),
        ("Alone.", "Alone."),
    ]
    assert chunks[5].search is None, "what is searched as it is read has no text of its own"


def test_a_short_document_is_one_passage_whichever_sentence_is_found(make, indexes) -> None:
    chunks = make("sentence_window", around=10).split(DOCUMENTS)
    assert len({chunk.place for chunk in chunks}) == 2
    bm25 = make("bm25", k=5)
    found = bm25.retrieve(Query("red or black, one of the colours"), bm25.index(chunks, indexes))
    assert [passage.text for passage in found] == [f"Colours\n\n{TEXT}"]


def test_the_title_is_searched_and_read(make) -> None:
    chunk = make("sentence_window", around=0).split(DOCUMENTS)[1]
    assert chunk.text == "Colours\n\nTwo is green."
    assert chunk.search is None
    chunk = make("sentence_window", around=1).split(DOCUMENTS)[0]
    assert chunk.searched == "Colours\n\nOne is red."
    assert chunk.text == "Colours\n\nOne is red. Two is green."


def test_children_lie_in_their_parents(make) -> None:
    chunks = make("parent_child", parent_tokens=12, child_tokens=8, titles=False).split(DOCUMENTS)
    parents = list(dict.fromkeys(chunk.text for chunk in chunks))
    assert parents == [
        "One is red. Two is green. Three is blue.",
        "Four is grey. Five is black.",
        "Alone.",
    ]
    assert [c.searched for c in chunks if c.text == parents[0]] == [
        "One is red. Two is green.",
        "Three is blue.",
    ]
    assert [c.searched for c in chunks if c.text == parents[1]] == [parents[1]]


def test_children_as_long_as_parents_make_no_difference(make) -> None:
    alike = make("parent_child", parent_tokens=8, child_tokens=100).split(DOCUMENTS)
    plain = make("recursive_splitter", chunk_tokens=8, overlap=0.0).split(DOCUMENTS)
    assert alike.fingerprint == plain.fingerprint


@pytest.mark.parametrize("name", ["sentence_window", "parent_child"])
def test_a_parent_is_found_by_what_a_child_says(make, indexes, name: str) -> None:
    chunks = make(name).split(DOCUMENTS)
    bm25 = make("bm25", k=1)
    found = bm25.retrieve(Query("Which is grey?"), bm25.index(chunks, indexes))
    assert "Four is grey" in found[0].text
    assert "Five is black" in found[0].text


def test_a_table_without_full_stops_is_no_sentence_without_end(make) -> None:
    text = "It follows. " + "\n".join(f"row {n} with cells" for n in range(200)) + "\n\nIt ends."
    chunks = make("sentence_window", around=1).split(Documents([Document("d", "", text)]))
    assert max(count_tokens(chunk.searched) for chunk in chunks) <= LONGEST_SENTENCE
    assert max(count_tokens(chunk.text) for chunk in chunks) <= 3 * LONGEST_SENTENCE
    assert "".join("".join(c.searched.split()) for c in chunks) == "".join(text.split())
