"""Every recipe of the catalogue, read from its files, answers as when it was built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.components.embedders.langchain_embedder import LangchainEmbedder
from syftr_like.components.indexes.bm25_index import Bm25Index
from syftr_like.components.indexes.embedded_chunks import EmbeddedChunks
from syftr_like.components.indexes.flat_index import FlatIndex
from syftr_like.components.indexes.hnsw_index import HnswIndex
from syftr_like.components.indexes.ivf_pq_index import IvfPqIndex
from syftr_like.components.indexes.vector_index import VectorIndex
from syftr_like.components.indexes.word_statistics import WordStatisticsIndex
from syftr_like.components.words import WordAnalyser
from syftr_like.contracts import Chunk, Chunks, Embedder, FittedEmbedder, Index, metered

from ..conftest import MemoryIndexes, make_component

ANALYSER = WordAnalyser()
QUESTIONS = ("What do otters eat?", "five teeth", "Kelp, kelp and urchins", "xyzzy", "")
TEXTS = (
    "Otters eat urchins. They sleep in kelp.",
    "Falcons dive fast. They nest on cliffs.",
    "Urchins graze kelp. They have five teeth.",
    "Falcons dive fast. They nest on cliffs.",
    "",
)


def chunks_of(texts: Sequence[str]) -> Chunks:
    return Chunks(Chunk(f"d{n}", 0, len(text), text) for n, text in enumerate(texts))


def lsa(dimensions: int = 8) -> Any:
    return make_component("lsa", dimensions=dimensions)


def reloaded(recipe: Index[Any], chunks: Chunks) -> tuple[Any, Any]:
    """A built result, and one loaded from its files in a place that has nothing else built."""
    indexes = MemoryIndexes()
    built = indexes.get(recipe, chunks)
    files = {name: bytes(content) for name, content in recipe.dump(built).items()}
    return built, recipe.load(files, chunks, indexes)


def answers(recipe: Index[Any], built: Any) -> list[Any]:
    if isinstance(recipe, Bm25Index):
        return [(built.scores(q).tobytes(), built.search(q, 3)) for q in QUESTIONS]
    if isinstance(recipe, EmbeddedChunks):
        queries = [built.embedder.embed_query(q).tobytes() for q in QUESTIONS]
        texts = built.embedder.embed_documents(TEXTS).tobytes()
        return [built.vectors.tobytes(), built.vectors.shape, built.embedder.dimensions, texts,
                *queries]  # fmt: skip
    if isinstance(recipe, VectorIndex):
        return [built.search(built.embedder.embed_query(q), 4) for q in QUESTIONS]
    return [built.texts, built.mean_words, dict(built.texts_with), built.idf("kelp")]


RECIPES = [
    Bm25Index(1.2, 0.75, ANALYSER),
    Bm25Index(0.9, 0.1, WordAnalyser(stemming=False)),
    EmbeddedChunks(lsa()),
    FlatIndex(lsa()),
    HnswIndex(lsa(), 4, 20),
    IvfPqIndex(lsa(), 3, 2, 8),
    WordStatisticsIndex(ANALYSER),
]


@pytest.mark.parametrize("texts", [TEXTS, ("",), ()], ids=["texts", "a blank text", "none"])
@pytest.mark.parametrize("recipe", RECIPES, ids=lambda recipe: type(recipe).__name__)
def test_a_loaded_index_answers_bit_by_bit_as_a_built_one(
    recipe: Index[Any], texts: Sequence[str]
) -> None:
    assert recipe.kept
    built, loaded = reloaded(recipe, chunks_of(texts))
    assert type(loaded) is type(built)
    assert answers(recipe, loaded) == answers(recipe, built)
    again, once_more = recipe.dump(built), recipe.dump(loaded)
    assert again == once_more, "and is kept as the same files"


@settings(max_examples=25, deadline=None)
@given(st.lists(st.text("abc öé漢 \n'", max_size=30), max_size=8), st.text("abc ö漢", max_size=9))
def test_so_it_does_on_any_text(texts: list[str], question: str) -> None:
    chunks = chunks_of(texts)
    built, loaded = reloaded(Bm25Index(1.2, 0.75, ANALYSER), chunks)
    assert built.scores(question).tobytes() == loaded.scores(question).tobytes()
    for recipe in (FlatIndex(lsa(3)), HnswIndex(lsa(3), 2, 8), IvfPqIndex(lsa(3), 2, 2, 2)):
        built, loaded = reloaded(recipe, chunks)
        vector = built.embedder.embed_query(question)
        assert loaded.embedder.embed_query(question).tobytes() == vector.tobytes()
        assert built.search(vector, 5) == loaded.search(vector, 5)


class TestAnEmbedderOfAProvider:
    def test_its_vectors_are_kept_and_nothing_is_paid_again(self) -> None:
        from langchain_core.embeddings import DeterministicFakeEmbedding

        embedder = make_component(
            "langchain_embeddings", uses="langchain_core.embeddings:DeterministicFakeEmbedding",
            arguments={"size": 6}, price="free",
        )  # fmt: skip
        embedder.bind(DeterministicFakeEmbedding)
        assert isinstance(embedder, LangchainEmbedder)
        assert embedder.kept
        recipe, chunks = EmbeddedChunks(embedder), chunks_of(TEXTS)
        with metered() as paid:
            built = recipe.build(chunks, MemoryIndexes())
        assert len(paid.model_calls) == 1
        with metered() as meter:
            loaded = recipe.load(recipe.dump(built), chunks, MemoryIndexes())
        assert meter.model_calls == []
        assert loaded.embedder.dimensions == 6
        assert np.array_equal(loaded.vectors, built.vectors)
        question = [found.embedder.embed_query("kelp") for found in (built, loaded)]
        assert np.array_equal(*question)


class TestAnEmbedderThatSaysNothingOfFiles:
    class Fitted(FittedEmbedder):
        dimensions = 1

        def embed_documents(self, texts: Sequence[str]) -> Any:
            return np.ones((len(texts), 1), dtype=np.float32)

        def embed_query(self, text: str) -> Any:
            return np.ones(1, dtype=np.float32)

    def test_its_indexes_are_not_kept(self) -> None:
        fitted = self.Fitted()
        silent = type("Silent", (Embedder,), {"name": "silent", "fit": lambda *_: fitted})
        assert not EmbeddedChunks(silent()).kept
        assert not FlatIndex(silent()).kept

    def test_nor_those_of_one_that_must_not_be_cached(self) -> None:
        changing = type("Changing", (type(lsa()),), {"cacheable": False})
        assert not FlatIndex(changing()).kept


def test_two_flows_that_keep_more_or_less_of_a_retriever_share_it() -> None:
    from langchain_core.retrievers import BaseRetriever

    made: list[Mapping[str, Any]] = []

    class Nothing(BaseRetriever):
        name: str = "nothing"

        def _get_relevant_documents(self, query: str, *, run_manager: Any) -> list[Any]:
            return []

    def make(**arguments: Any) -> Nothing:
        made.append(arguments)
        return Nothing(**arguments)

    indexes = MemoryIndexes()
    for k, name in ((1, "one"), (2, "one"), (2, "other")):
        adapter = make_component(
            "langchain_retriever", uses="tests:make", arguments={"name": name}, k=k
        )
        adapter.bind(make)
        adapter.index(chunks_of(TEXTS), indexes)
    make.__annotations__["return"] = Nothing
    assert [arguments["name"] for arguments in made] == ["one", "other"]
    assert not any(recipe.kept for recipe in indexes.recipes)
