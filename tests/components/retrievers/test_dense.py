from __future__ import annotations

import asyncio

import numpy as np
import pytest

from syftr_like.components.indexes.flat_index import FlatIndex, FlatSearch
from syftr_like.components.retrievers.dense import DenseRetriever
from syftr_like.contracts import Chunk, Chunks, Embedder, FittedEmbedder, Query


class Letters(Embedder):
    """Counts letters, as a remote embedder would; knows nothing of the corpus."""

    name = "letters"
    asynchronous = True

    def fit(self, texts):
        return FittedLetters()


class FittedLetters(FittedEmbedder):
    awaited = 0
    dimensions = 26

    def embed_documents(self, texts):
        return np.stack([self.embed_query(text) for text in texts])

    def embed_query(self, text):
        counts = np.array([text.count(chr(97 + i)) for i in range(26)], dtype=np.float32)
        return counts / max(float(np.linalg.norm(counts)), 1e-9)

    async def aembed_query(self, text):
        self.awaited += 1
        return self.embed_query(text)


def chunks_of(*texts: str) -> Chunks:
    return Chunks(Chunk("d", i, i + 1, text) for i, text in enumerate(texts))


def test_finds_by_words_that_stand_in_the_same_chunks(make, indexes) -> None:
    """`physician` shares no word with the chunk it finds; both stand beside `hospital`."""
    chunks = chunks_of(
        "the doctor works in the hospital ward",
        "a physician works in the hospital ward",
        "the doctor treats a fever",
        "tides follow the moon",
        "the moon pulls the sea",
    )
    dense = make("dense", embedder=make("lsa", dimensions=2), k=3)
    found = [p.chunk for p in dense.retrieve(Query("physician"), dense.index(chunks, indexes))]
    assert chunks[2] in found
    bm25 = make("bm25", k=3)
    assert chunks[2] not in [
        p.chunk for p in bm25.retrieve(Query("physician"), bm25.index(chunks, indexes))
    ]


def test_scores_are_cosines(indexes) -> None:
    retriever = DenseRetriever(DenseRetriever.Parameters(embedder=Letters(), k=2))
    index = retriever.index(chunks_of("aab", "b"), indexes)
    found = retriever.retrieve(Query("a"), index)
    assert [p.score for p in found] == pytest.approx([2 / 5**0.5, 0.0])


def test_awaits_an_embedder_that_waits_for_a_network(indexes, make) -> None:
    retriever = DenseRetriever(DenseRetriever.Parameters(embedder=Letters(), k=1))
    assert retriever.asynchronous
    assert not make("dense").asynchronous
    index = retriever.index(chunks_of("aab", "b"), indexes)
    found = asyncio.run(retriever.arun({"question": Query("b")}, index))
    assert found == retriever.run({"question": Query("b")}, index)
    assert index.vectors.embedder.awaited == 1


def test_equal_scores_keep_the_order_of_the_chunks() -> None:
    vectors = np.zeros((30, 2), dtype=np.float32)
    vectors[:, 0] = 1
    search = FlatSearch(FittedLetters(), FlatIndex(Letters()).index_of(vectors))
    found = search.search(np.array([1, 0], dtype=np.float32), 30)
    assert [position for position, _ in found] == list(range(30))


def test_retrievers_with_one_embedder_share_its_vectors(make, indexes) -> None:
    chunks = chunks_of("amber and salt", "ships and rocks")
    make("dense", k=1).index(chunks, indexes)
    make("dense", k=2).index(chunks, indexes)
    make("hybrid").index(chunks, indexes)
    assert sorted(recipe.name for recipe in indexes.recipes) == [
        "bm25",
        "embedded_chunks",
        "flat",
    ]


def test_what_only_matters_to_a_question_makes_no_second_index(make, indexes) -> None:
    chunks = chunks_of("amber and salt", "ships and rocks")
    make("dense", index="hnsw", ef_search=5).index(chunks, indexes)
    make("dense", index="hnsw", ef_search=50).index(chunks, indexes)
    make("dense", index="ivf_pq", nprobe=1, candidates=9).index(chunks, indexes)
    make("dense", index="ivf_pq", nprobe=9, candidates=1).index(chunks, indexes)
    names = [recipe.name for recipe in indexes.recipes]
    assert sorted(names) == ["embedded_chunks", "hnsw", "ivf_pq"]
    make("dense", index="hnsw", hnsw_m=4).index(chunks, indexes)
    make("dense", index="ivf_pq", nlist=4).index(chunks, indexes)
    assert len(indexes.recipes) == len(names) + 2


def test_the_effort_asked_for_is_that_of_the_search(make, indexes) -> None:
    chunks = chunks_of(*(f"word{n} and word{n + 1} in topic{n % 7}" for n in range(400)))

    def found(**values):
        dense = make("dense", k=10, **values)
        index = dense.index(chunks, indexes)
        asked = [Query(chunks[n].text) for n in range(0, 400, 5)]
        return {(q.text, p.chunk) for q in asked for p in dense.retrieve(q, index)}

    exact = found()
    for little, much in (
        ({"index": "hnsw", "hnsw_m": 2, "ef_search": 1}, {"index": "hnsw", "ef_search": 200}),
        ({"index": "ivf_pq", "nprobe": 1}, {"index": "ivf_pq", "nprobe": 64, "candidates": 400}),
        ({"index": "ivf_pq", "nprobe": 64, "candidates": 1}, {"index": "ivf_pq", "nprobe": 64}),
    ):
        assert len(exact & found(**little)) < len(exact & found(**much))
