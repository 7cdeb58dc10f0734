"""What every splitter of the catalogue does, whatever its parameters."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.contracts import Adapter, Document, Documents, Kind
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.contracts.tokens import count_tokens

from ..conftest import make_component

SPLITTERS = [
    name
    for name in component_names()
    if component_class(name).kind is Kind.SPLITTER
    and not issubclass(component_class(name), Adapter)
]
CASES = [
    *((name, {}) for name in SPLITTERS),
    ("recursive_splitter", {"chunk_tokens": 8, "overlap": 0.5}),
    ("recursive_splitter", {"chunk_tokens": 12, "overlap": 0.0}),
    ("sentence_splitter", {"sentences": 1}),
    ("sentence_splitter", {"sentences": 3, "overlap_sentences": 2}),
    ("sentence_splitter", {"sentences": 2, "overlap_sentences": 5}),
    ("token_splitter", {"chunk_tokens": 8, "overlap": 0.5}),
    ("token_splitter", {"chunk_tokens": 9, "overlap": 0.0}),
    ("markdown_splitter", {"chunk_tokens": 8, "overlap": 0.25, "heading_path": False}),
    ("markdown_splitter", {"heading_level": 0, "heading_path": False}),
    ("html_splitter", {"chunk_tokens": 8}),
    ("semantic_splitter", {"percentile": 50.0, "min_tokens": 4, "max_tokens": 12}),
    ("semantic_splitter", {"percentile": 0.0, "min_tokens": 0, "neighbours": 0}),
    ("sentence_window", {"around": 0}),
    ("sentence_window", {"around": 4}),
    ("parent_child", {"parent_tokens": 16, "child_tokens": 8}),
    ("parent_child", {"parent_tokens": 8, "child_tokens": 64}),
]
LONGEST = "chunk_tokens", "max_tokens", "parent_tokens"
READ_MORE_THAN_SEARCHED = {"sentence_window", "parent_child"}
"""Splitters of which several chunks may be one passage."""
TEXT = (
    "Amber is fossil resin. It floats. It floats. It floats!\n\nDr. Grey found it near the "
    "shore in 1.5 m of water; nobody else did.\r\n\r\n  \tSeen from above, 東京は大きい。とても。 "
    "emoji 👩‍🚀 and a\u00a0no-break space\n\n\n- a list\n- of things"
)
prose = st.lists(
    st.sampled_from(
        [*"ab. !?\n\t", "  ", "\n\n", "It floats. ", "word ", "é", "東", "👩‍🚀", "\r\n"]
    ),
    max_size=120,
).map("".join)


def split(make, case, *texts: str):
    name, values = case
    documents = [Document(f"d{i}", "", text) for i, text in enumerate(texts)]
    return make(name, **values).split(Documents(documents))


@pytest.mark.parametrize("case", CASES, ids=str)
@settings(max_examples=40, deadline=None)
@given(text=prose)
def test_spans_are_exact_in_order_and_cover_the_text(case, text: str) -> None:
    splitter = make_component(case[0], **case[1])
    chunks = splitter.split(Documents([Document("d", "", text)]))
    check(text, chunks, splitter)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_prose_of_many_forms(make, case) -> None:
    chunks = split(make, case, TEXT)
    check(TEXT, chunks, make(case[0], **case[1]))


def check(text: str, chunks, splitter) -> None:
    covered = [False] * len(text)
    previous = (-1, -1)
    for chunk in chunks:
        span = (chunk.start, chunk.end)
        assert chunk.text == text[chunk.start : chunk.end]
        assert chunk.text == chunk.text.strip() != ""
        assert chunk.searched in chunk.text
        if splitter.name in READ_MORE_THAN_SEARCHED:
            assert chunk.start >= previous[0]
            assert chunk.end >= previous[1]
        else:
            assert chunk.search is None
            assert span > previous
            assert chunk.end > previous[1], "a chunk lies within the one before"
        previous = span
        covered[chunk.start : chunk.end] = [True] * (chunk.end - chunk.start)
        for limit in LONGEST:
            assert count_tokens(chunk.text) <= getattr(splitter.parameters, limit, 10**6)
    assert all(c or character.isspace() for c, character in zip(covered, text, strict=True))


@pytest.mark.parametrize(
    "case", [case for case in CASES if case[0] in READ_MORE_THAN_SEARCHED], ids=str
)
def test_all_that_is_read_is_searched_once(make, case) -> None:
    searched = " ".join(chunk.searched for chunk in split(make, case, TEXT))
    assert "".join(searched.split()) == "".join(TEXT.split())


@pytest.mark.parametrize("case", CASES, ids=str)
def test_same_text_same_chunks(make, case) -> None:
    assert split(make, case, TEXT).fingerprint == split(make, case, TEXT).fingerprint


@pytest.mark.parametrize("case", CASES, ids=str)
def test_documents_stay_apart_and_in_order(make, case) -> None:
    chunks = split(make, case, TEXT, "", TEXT)
    assert [c.document for c in chunks] == sorted(c.document for c in chunks)
    first = [(c.start, c.end) for c in chunks if c.document == "d0"]
    assert first == [(c.start, c.end) for c in chunks if c.document == "d2"]


@pytest.mark.parametrize("case", CASES, ids=str)
def test_empty_documents_have_no_chunks(make, case) -> None:
    assert len(split(make, case)) == 0
    assert len(split(make, case, "", " \n\t ")) == 0


@pytest.mark.parametrize("name", SPLITTERS)
def test_titles_stand_before_the_text_and_leave_the_spans_alone(make, name: str) -> None:
    documents = Documents([Document("d", "On amber", TEXT)])
    titled = make(name).split(documents)
    plain = make(name, titles=False).split(documents)
    assert [(c.start, c.end) for c in titled] == [(c.start, c.end) for c in plain]
    assert [c.text for c in titled] == [f"On amber\n\n{c.text}" for c in plain]
    assert [c.searched for c in titled] == [f"On amber\n\n{c.searched}" for c in plain]


@pytest.mark.parametrize("name", SPLITTERS)
def test_a_title_is_not_put_before_itself(make, name: str) -> None:
    chunks = make(name).split(Documents([Document("d", "# On amber", "# On amber\n\nIt floats.")]))
    assert chunks[0].text.count("On amber") == 1
