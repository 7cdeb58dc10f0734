from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_text_splitters import RecursiveCharacterTextSplitter

from syftr_like.components.splitters.recursion import before, split_recursively
from syftr_like.components.splitters.recursive_splitter import RecursiveSplitter
from syftr_like.contracts import Document, Documents
from syftr_like.contracts.tokens import count_tokens

words = st.sampled_from(["a", "It", "floats.", "on,", "x1", "\n", "\n\n", " ", "stone", "-"])


@settings(max_examples=200, deadline=None)
@given(
    text=st.lists(words, max_size=150).map(" ".join),
    size=st.integers(8, 40),
    overlap=st.integers(0, 10),
)
def test_agrees_with_langchain_at_the_same_boundaries(text: str, size: int, overlap: int) -> None:
    overlap = min(overlap, size // 2)
    reference = RecursiveCharacterTextSplitter(
        chunk_size=size, chunk_overlap=overlap, length_function=count_tokens
    )
    levels = (before("\n\n"), before("\n"), before(" "))
    spans = split_recursively(text, size, overlap, levels)
    assert [text[start:end] for start, end in spans] == reference.split_text(text)


@settings(max_examples=100, deadline=None)
@given(
    text=st.lists(words | st.text(max_size=30), max_size=80).map(" ".join),
    size=st.integers(8, 40),
)
def test_no_chunk_is_longer_than_asked(text: str, size: int) -> None:
    for start, end in split_recursively(text, size, 0):
        assert count_tokens(text[start:end]) <= size


def chunk_texts(text: str, **values) -> list[str]:
    splitter = RecursiveSplitter(RecursiveSplitter.Parameters(**values))
    return [chunk.text for chunk in splitter.split(Documents([Document("d", "", text)]))]


def test_paragraphs_are_kept_whole_where_they_fit() -> None:
    first, second = "One two three four. Five six.", "Seven eight nine ten. Eleven."
    assert chunk_texts(f"{first}\n\n{second}", chunk_tokens=10, overlap=0.0) == [first, second]


def test_sentences_are_kept_whole_where_they_fit() -> None:
    text = "One two three four five. Six seven eight nine ten. Eleven twelve."
    assert chunk_texts(text, chunk_tokens=12, overlap=0.0) == [
        "One two three four five. Six seven eight nine ten.",
        "Eleven twelve.",
    ]


def test_overlap_repeats_whole_sentences_up_to_its_share() -> None:
    text = "Aa bb cc. Dd ee ff. Gg hh ii. Jj kk ll."
    assert chunk_texts(text, chunk_tokens=8, overlap=0.5) == [
        "Aa bb cc. Dd ee ff.",
        "Dd ee ff. Gg hh ii.",
        "Gg hh ii. Jj kk ll.",
    ]


def test_a_word_without_end_is_cut() -> None:
    pieces = chunk_texts("x" * 1000, chunk_tokens=10, overlap=0.0)
    assert "".join(pieces) == "x" * 1000
    assert max(map(count_tokens, pieces)) == 10


def test_repeated_text_keeps_its_own_place() -> None:
    text = "It floats. " * 50
    splitter = RecursiveSplitter(RecursiveSplitter.Parameters(chunk_tokens=9, overlap=0.4))
    chunks = splitter.split(Documents([Document("d", "", text)]))
    starts = [chunk.start for chunk in chunks]
    assert starts == sorted(set(starts))
    assert chunks[-1].end == len(text.rstrip())
    assert {b - a for a, b in pairwise(starts)} == {22}


@pytest.mark.parametrize("values", [{"chunk_tokens": 7}, {"overlap": 0.6}, {"chunk_tokens": 8.5}])
def test_bounds(values) -> None:
    with pytest.raises(ValueError, match="validation error"):
        RecursiveSplitter.Parameters(**values)
