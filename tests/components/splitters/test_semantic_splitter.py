"""Chunks that end where an embedder sees the subject change."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.components.splitters.semantic_splitter import distances, grouped, sections_of
from syftr_like.components.splitters.sentences import LONGEST_SENTENCE
from syftr_like.contracts import Document, Documents, Embedder, FittedEmbedder
from syftr_like.contracts.tokens import count_tokens

TEXT = (
    "Amber is a resin. Amber floats in brine. Amber burns. "
    "Locks lift ships. Locks need water. Locks have gates. "
    "Bees make honey. Bees dance. Bees sting."
)
DOCUMENTS = Documents([Document("d", "", TEXT)])


class BySubject(Embedder):
    """One direction per subject: the counts of three words."""

    name = "by_subject"

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[Sequence[str]] = []

    def fit(self, texts):
        self.asked.append(texts)
        return FittedBySubject()


class FittedBySubject(FittedEmbedder):
    dimensions = 3

    def embed_documents(self, texts):
        counts = np.array([[t.count(w) for w in ("Amber", "Locks", "Bees")] for t in texts])
        vectors = counts.reshape(len(texts), 3).astype(np.float32)
        return vectors / np.maximum(1e-9, np.linalg.norm(vectors, axis=1, keepdims=True))

    def embed_query(self, text):
        return self.embed_documents([text])[0]


def chunk_texts(make, indexes, documents=DOCUMENTS, **values) -> list[str]:
    splitter = make("semantic_splitter", **{"embedder": BySubject(), "min_tokens": 0, **values})
    inputs = {"documents": documents}
    return [chunk.text for chunk in splitter.run(inputs, splitter.prepare(inputs, indexes))]


@pytest.mark.parametrize("neighbours", [0, 1])
def test_a_chunk_ends_where_the_subject_changes(make, indexes, neighbours: int) -> None:
    found = chunk_texts(make, indexes, percentile=70.0, neighbours=neighbours)
    if neighbours == 0:
        assert [text.split()[0] for text in found] == ["Amber", "Locks", "Bees"]
    assert " ".join(found) == TEXT


def test_a_higher_percentile_cuts_less(make, indexes) -> None:
    counts = [len(chunk_texts(make, indexes, percentile=p)) for p in (0.0, 60.0, 80.0, 100.0)]
    assert counts == sorted(counts, reverse=True)
    assert counts[-1] == 1


def test_a_short_chunk_goes_on_and_a_long_one_is_cut(make, indexes) -> None:
    short = chunk_texts(make, indexes, percentile=0.0, neighbours=0, min_tokens=14)
    assert all(count_tokens(text) >= 14 for text in short)
    long = chunk_texts(make, indexes, percentile=100.0, max_tokens=12)
    assert all(count_tokens(text) <= 12 for text in long)
    assert " ".join(long) == TEXT


def test_the_groups_are_embedded_once_for_all_percentiles_and_lengths(make, indexes) -> None:
    embedder = BySubject()
    for percentile in (50.0, 90.0):
        for longest in (64, 512):
            chunk_texts(make, indexes, embedder=embedder, percentile=percentile, max_tokens=longest)
    assert [recipe.name for recipe in indexes.recipes] == ["embedded_chunks"]
    assert [len(texts) for texts in embedder.asked] == [9]


def test_with_and_without_an_index_store_the_chunks_are_the_same(make, indexes) -> None:
    splitter = make("semantic_splitter", min_tokens=8, percentile=60.0)
    inputs = {"documents": DOCUMENTS}
    stored = splitter.run(inputs, splitter.prepare(inputs, indexes))
    assert stored.fingerprint == splitter.split(DOCUMENTS).fingerprint


def test_each_document_has_a_threshold_of_its_own(make, indexes) -> None:
    two = Documents([*DOCUMENTS, Document("e", "", "Bees sting. Bees dance. Amber burns.")])
    found = chunk_texts(make, indexes, two, percentile=80.0, neighbours=0)
    assert found[-2:] == ["Bees sting. Bees dance.", "Amber burns."]


def test_sentences_without_a_known_word_are_no_error(make, indexes) -> None:
    documents = Documents([Document("d", "", "x. y! z? " * 5), Document("e", "", "?")])
    assert len(chunk_texts(make, indexes, documents)) == 2


def test_groups_hold_a_sentence_and_its_neighbours() -> None:
    assert grouped([(0, 1), (2, 3), (4, 5)], 1) == [(0, 3), (0, 5), (2, 5)]
    assert grouped([], 3) == []


def test_distances_are_one_less_than_there_are_vectors() -> None:
    vectors = np.array([[1, 0], [1, 0], [0, 1]], dtype=np.float32)
    assert distances(vectors) == [0.0, 1.0]
    assert distances(vectors[:1]) == distances(vectors[:0]) == []


@settings(max_examples=100, deadline=None)
@given(
    words=st.lists(st.integers(1, 6), min_size=1, max_size=20),
    percentile=st.floats(0, 100),
    least=st.integers(0, 12),
    data=st.data(),
)
def test_sections_hold_every_sentence_and_are_long_enough(words, percentile, least, data) -> None:
    text, sentences = "", []
    for count in words:
        sentences.append((len(text), len(text) + 2 * count - 1))
        text += " ".join("w" * count) + " "
    changes = data.draw(st.lists(st.floats(0, 2), min_size=len(words) - 1, max_size=len(words) - 1))
    sections = sections_of(text, sentences, changes, percentile, least)
    assert " ".join(text[a:b] for a, b in sections) == text.strip()
    if len(sections) > 1:
        assert all(count_tokens(text[a:b]) >= least for a, b in sections)


def test_no_group_that_is_embedded_is_without_end(make, indexes) -> None:
    embedder = BySubject()
    documents = Documents([Document("d", "", "word " * 2000)])
    chunk_texts(make, indexes, documents, embedder=embedder, neighbours=1)
    assert max(count_tokens(text) for text in embedder.asked[0]) == 3 * LONGEST_SENTENCE
