from __future__ import annotations

import asyncio

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.rerankers.embedder_reranker import KnownVectors
from syftr_like.components.rerankers.mmr import MaximalMarginalRelevance
from syftr_like.contracts import Chunk, Chunks, Embedder, FittedEmbedder, Passage, Query

QUESTION = (1.0, 0.0)
SPREAD = {
    "nearest": (1.0, 0.0),
    "its double": (1.0, 0.0),
    "near": (0.8, 0.6),
    "elsewhere": (0.6, -0.8),
    "opposite": (-1.0, 0.0),
}


class Table(FittedEmbedder):
    """Gives texts the vectors of a table; the question is (1, 0)."""

    dimensions = 2

    def embed_documents(self, texts):
        return np.array([SPREAD[text] for text in texts], dtype=np.float32).reshape(-1, 2)

    def embed_query(self, text):
        return np.array(QUESTION if text else (0, 0), dtype=np.float32)


class TableEmbedder(Embedder):
    name = "table"

    def fit(self, texts):
        return Table()


CHUNKS = Chunks(Chunk("d", n, n + 1, text) for n, text in enumerate(SPREAD))
PASSAGES = tuple(Passage(chunk, 1.0) for chunk in CHUNKS)


def mmr(**values) -> MaximalMarginalRelevance:
    parameters = MaximalMarginalRelevance.Parameters(embedder=TableEmbedder(), **values)
    return MaximalMarginalRelevance(parameters)


def texts(passages) -> list[str]:
    return [passage.text for passage in passages]


def test_at_relevance_1_only_nearness_counts() -> None:
    found = mmr(relevance=1.0).rerank(Query("?"), PASSAGES)
    assert texts(found) == ["nearest", "its double", "near", "elsewhere", "opposite"]


def test_the_double_of_a_passage_is_put_after_those_that_add_something() -> None:
    found = mmr(relevance=0.4).rerank(Query("?"), PASSAGES)
    assert texts(found) == ["nearest", "elsewhere", "near", "its double", "opposite"]


def test_scores_are_the_marginal_relevances_of_the_paper() -> None:
    found = mmr(relevance=0.4, top=4).rerank(Query("?"), PASSAGES)
    assert [p.score for p in found] == pytest.approx(
        [
            0.4 * 1.0,
            0.4 * 0.6 - 0.6 * 0.6,
            0.4 * 0.8 - 0.6 * 0.8,  # as near to the first; nothing in common with the second
            0.4 * 1.0 - 0.6 * 1.0,
        ]
    )


def test_without_a_vector_of_the_question_the_order_stays() -> None:
    assert texts(mmr(top=3).rerank(Query(""), PASSAGES)) == list(SPREAD)[:3]


def test_nearness_by_the_scores_that_passages_came_with() -> None:
    passages = [Passage(p.chunk, 9.0 - n) for n, p in enumerate(reversed(PASSAGES))]
    found = mmr(nearness="scores", relevance=1.0).rerank(Query(""), passages)
    assert texts(found) == list(reversed(SPREAD))
    assert [p.score for p in found] == pytest.approx([1.0, 0.75, 0.5, 0.25, 0.0])
    equal = mmr(nearness="scores", relevance=0.9, top=3).rerank(Query("?"), PASSAGES)
    assert texts(equal) == ["nearest", "opposite", "elsewhere"]


def test_the_vectors_of_wired_chunks_are_those_of_dense(make, indexes) -> None:
    dense = make("dense", embedder=TableEmbedder())
    dense.index(CHUNKS, indexes)
    built = len(indexes.recipes)
    reranker = mmr()
    known = reranker.prepare({"chunks": CHUNKS}, indexes)
    assert isinstance(known, KnownVectors)
    assert len(indexes.recipes) == built
    inputs = {"question": Query("?"), "passages": PASSAGES}
    assert reranker.run(inputs, known) == reranker.run(inputs, None)


def test_the_asynchronous_way_finds_the_same() -> None:
    inputs = {"question": Query("?"), "passages": PASSAGES}
    for nearness in ("vectors", "scores"):
        reranker = mmr(relevance=0.4, nearness=nearness)
        assert asyncio.run(reranker.arun(inputs, None)) == reranker.run(inputs, None)


@given(
    st.lists(st.sampled_from(list(SPREAD)), max_size=12),
    st.floats(0, 1),
    st.integers(1, 12),
    st.sampled_from(["vectors", "scores"]),
)
def test_each_passage_at_most_once_and_never_a_rising_score(
    names: list[str], relevance: float, top: int, nearness: str
) -> None:
    passages = [Passage(Chunk("d", n, n + 1, text), n % 3) for n, text in enumerate(names)]
    found = mmr(relevance=relevance, top=top, nearness=nearness).rerank(Query("?"), passages)
    assert len(found) == min(top, len(passages)) == len({p.chunk for p in found})
    scores = [p.score for p in found]
    assert scores == sorted(scores, reverse=True)
