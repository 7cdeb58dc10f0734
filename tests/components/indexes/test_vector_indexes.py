"""Indexes of vectors: what the exact one finds, and how much of it the approximate ones do."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import faiss
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from syftr_like.components.indexes.embedded_chunks import ChunkVectors
from syftr_like.components.indexes.flat_index import FlatIndex
from syftr_like.components.indexes.hnsw_index import HnswIndex
from syftr_like.components.indexes.ivf_pq_index import IvfPqIndex
from syftr_like.components.indexes.vector_index import VectorIndex
from syftr_like.contracts import Chunk, Chunks, Embedder, FittedEmbedder

from ..conftest import MemoryIndexes

Vectors = NDArray[np.float32]


class Given(Embedder):
    """Gives the vectors that it was made with, whatever the texts."""

    name = "given"

    def __init__(self, vectors: Vectors) -> None:
        super().__init__()
        self.vectors = vectors

    def fit(self, texts: Any) -> FittedEmbedder:
        vectors = self.vectors

        class Fitted(FittedEmbedder):
            dimensions = vectors.shape[1]

            def embed_documents(self, texts: Any) -> Vectors:
                return vectors

            def embed_query(self, text: str) -> Vectors:
                return vectors[int(text)]

        return Fitted()


def unit_vectors(count: int, dimensions: int, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, dimensions), dtype=np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def clustered(count: int, dimensions: int, seed: int = 0) -> Vectors:
    """Vectors around a fiftieth as many centres, as texts stand around their topics."""
    random = np.random.default_rng(seed)
    centres = unit_vectors(max(1, count // 50), dimensions, seed + 1)
    noise = random.standard_normal((count, dimensions)) * 0.6 / dimensions**0.5
    vectors = centres[random.integers(len(centres), size=count)] + noise
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


def built(recipe_class: type[VectorIndex[Any]], vectors: Vectors, *fields: int) -> Any:
    chunks = Chunks(Chunk("d", i, i + 1, str(i)) for i in range(len(vectors)))
    return recipe_class(Given(vectors), *fields).build(chunks, MemoryIndexes())


def recall(search: Any, vectors: Vectors, questions: Vectors, k: int = 10) -> float:
    exact = np.argsort(-(questions @ vectors.T), axis=1, kind="stable")[:, :k]
    found = [{p for p, _ in search.search(question, k)} for question in questions]
    return float(np.mean([len(f & set(e)) / k for f, e in zip(found, exact.tolist(), strict=True)]))


VECTORS = clustered(4000, 32)
QUESTIONS = clustered(4100, 32)[4000:]


def test_the_flat_index_finds_all() -> None:
    assert recall(built(FlatIndex, VECTORS), VECTORS, QUESTIONS) == 1.0


def test_the_graph_finds_nearly_all_and_more_with_more_effort() -> None:
    """Measured: .979 at ef_search 10, 1.000 at 64."""
    search = built(HnswIndex, VECTORS, 16, 80)
    assert recall(search, VECTORS, QUESTIONS) >= 0.98
    little = recall(search.with_effort(10), VECTORS, QUESTIONS)
    assert little < recall(search.with_effort(200), VECTORS, QUESTIONS)


def test_the_lists_find_nearly_all_and_more_with_more_effort() -> None:
    """Measured: .983 in one list, .692 of ten candidates, 1.000 in 16 lists of 100."""
    search = built(IvfPqIndex, VECTORS, 64, 8, 8)
    assert recall(search.with_effort(16, 100), VECTORS, QUESTIONS) >= 0.98
    few_lists = recall(search.with_effort(1, 100), VECTORS, QUESTIONS)
    few_candidates = recall(search.with_effort(16, 10), VECTORS, QUESTIONS)
    all_of_both = recall(search.with_effort(64, 4000), VECTORS, QUESTIONS)
    assert max(few_lists, few_candidates) < all_of_both == 1.0


APPROXIMATE = [(HnswIndex, (16, 80)), (IvfPqIndex, (64, 8, 8))]


@pytest.mark.parametrize(("recipe", "fields"), APPROXIMATE)
def test_scores_are_exact_cosines_best_first(recipe, fields) -> None:
    search = built(recipe, VECTORS, *fields)
    for question in QUESTIONS[:20]:
        found = search.search(question, 10)
        assert [s for _, s in found] == sorted((s for _, s in found), reverse=True)
        for position, score in found:
            assert score == pytest.approx(float(VECTORS[position] @ question), abs=1e-5)


@pytest.mark.parametrize(("recipe", "fields"), [(FlatIndex, ()), *APPROXIMATE])
def test_built_again_in_any_thread_it_is_the_same(recipe, fields) -> None:
    here = built(recipe, VECTORS, *fields)
    with ThreadPoolExecutor(1) as pool:
        there = pool.submit(built, recipe, VECTORS, *fields).result()
    assert here.dump() == there.dump()


def test_faiss_searches_in_one_thread_whichever_thread_asks() -> None:
    def threads_used() -> int:
        search.search(QUESTIONS[0], 3)
        return int(faiss.omp_get_max_threads())

    search = built(FlatIndex, VECTORS)
    with ThreadPoolExecutor(1) as pool:
        assert pool.submit(threads_used).result() == 1


@pytest.mark.parametrize("count", [1, 2, 3, 7, 40, 300])
@pytest.mark.parametrize("dimensions", [1, 3, 10])
@pytest.mark.parametrize(("recipe", "fields"), [*APPROXIMATE, (IvfPqIndex, (1, 3, 12))])
def test_few_vectors_are_all_found(recipe, fields, count: int, dimensions: int) -> None:
    vectors = unit_vectors(count, dimensions)
    search = built(recipe, vectors, *fields)
    if recipe is IvfPqIndex:
        search = search.with_effort(1000, 1000)
    found = search.search(vectors[0], min(count, 40))
    assert len(found) == min(count, 40)
    assert found[0][1] == pytest.approx(1.0, abs=1e-5)


def test_lists_and_codes_are_bounded_by_the_vectors() -> None:
    index = IvfPqIndex(Given(VECTORS), 64, 4, 8).index_of(unit_vectors(20, 6))
    codes = faiss.downcast_index(index.index)
    assert (codes.nlist, codes.pq.nbits, codes.pq.M, codes.d) == (20, 4, 4, 8)
    index = IvfPqIndex(Given(VECTORS), 64, 4, 8).index_of(VECTORS)
    codes = faiss.downcast_index(index.index)
    assert (codes.nlist, codes.pq.nbits, codes.pq.M, codes.d) == (64, 8, 4, 32)


@pytest.mark.parametrize(("recipe", "fields"), [(FlatIndex, ()), *APPROXIMATE])
def test_near_to_nothing(recipe, fields) -> None:
    nothing = built(recipe, np.zeros((5, 3), dtype=np.float32), *fields)
    assert nothing.search(np.ones(3, dtype=np.float32), 3) == []
    assert nothing.dump() == {}
    search = built(recipe, unit_vectors(5, 3), *fields)
    assert search.search(np.zeros(3, dtype=np.float32), 3) == []


@settings(max_examples=20, deadline=None)
@given(st.integers(1, 60), st.integers(1, 9), st.integers(0, 20), st.integers(1, 70))
def test_any_vectors_blank_and_repeated_ones_among_them(
    count: int, dimensions: int, blank: int, k: int
) -> None:
    vectors = np.concatenate([unit_vectors(count, dimensions)] * 2)
    vectors[:blank] = 0
    if not vectors.any():
        return
    for recipe, fields in ((HnswIndex, (4, 20)), (IvfPqIndex, (8, 2, 4))):
        found = built(recipe, vectors, *fields).search(vectors[-1], k)
        positions = [position for position, _ in found]
        assert 0 < len(positions) <= k
        assert len(set(positions)) == len(positions)
        assert set(positions) <= set(range(len(vectors)))


def test_a_search_with_another_effort_is_of_the_same_index() -> None:
    embedded = ChunkVectors(Given(VECTORS).fit([]), VECTORS)
    recipe = HnswIndex(Given(VECTORS), 8, 20)
    search = recipe.searching(embedded, recipe.index_of(VECTORS))
    assert search.with_effort(5).dump() == search.dump()
