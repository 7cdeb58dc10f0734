from __future__ import annotations

import asyncio

import pytest

from syftr_like.components.retrievers.fusion import reciprocal_rank_fusion, weighted_fusion
from syftr_like.contracts import Chunk, Chunks, Query

TEXTS = [
    "Amber is fossil resin that floats in salt water.",
    "A lighthouse warns ships of rocks and shallow water.",
    "Salt is won from sea water by evaporation in shallow ponds.",
    "Ships carried amber and salt along the coast.",
    "Resin drips from pines; fossil pines stand by the sea.",
    "Nothing here.",
]
CHUNKS = Chunks(Chunk("d", i, i + 1, text) for i, text in enumerate(TEXTS))
QUESTIONS = ["Which fossil floats in salt water?", "ships", "shallow sea water and resin"]


def test_reciprocal_ranks_are_added() -> None:
    first = [(7, 9.0), (3, 8.0), (5, 1.0)]
    second = [(3, 0.4), (7, 0.2)]
    assert reciprocal_rank_fusion([first, second], 60) == [
        (3, pytest.approx(1 / 62 + 1 / 61)),
        (7, pytest.approx(1 / 61 + 1 / 62)),
        (5, pytest.approx(1 / 63)),
    ]


def test_weighted_scores_are_scaled_by_the_range_of_their_ranking() -> None:
    first = [(1, 30.0), (2, 20.0), (3, 10.0)]
    second = [(2, 0.9), (4, 0.5)]
    assert weighted_fusion([first, second], [0.6, 0.4]) == [
        (2, pytest.approx(0.6 * 0.5 + 0.4 * 1.0)),
        (1, pytest.approx(0.6)),
        (3, 0.0),
        (4, 0.0),
    ]


def test_a_ranking_of_one_counts_in_full() -> None:
    assert weighted_fusion([[(4, 2.5)], []], [0.3, 0.7]) == [(4, pytest.approx(0.3))]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize(("weight", "alone"), [(1.0, "bm25"), (0.0, "dense")])
def test_at_the_ends_of_the_weight_one_retriever_decides(
    make, indexes, question: str, weight: float, alone: str
) -> None:
    hybrid = make("hybrid", fusion="weighted", bm25_weight=weight, k=6)
    single = make(alone, k=6)
    joined = hybrid.retrieve(Query(question), hybrid.index(CHUNKS, indexes))
    expected = single.retrieve(Query(question), single.index(CHUNKS, indexes))
    assert [p.chunk for p in joined] == [p.chunk for p in expected]


@pytest.mark.parametrize("question", QUESTIONS)
def test_rrf_joins_the_ranks_of_both(make, indexes, question: str) -> None:
    rankings = []
    for name in ("bm25", "dense"):
        retriever = make(name, k=50)
        found = retriever.retrieve(Query(question), retriever.index(CHUNKS, indexes))
        rankings.append([(CHUNKS.index(p.chunk), p.score) for p in found])
    hybrid = make("hybrid", fusion="rrf", rrf_constant=10.0, k=3)
    found = hybrid.retrieve(Query(question), hybrid.index(CHUNKS, indexes))
    assert [(CHUNKS.index(p.chunk), p.score) for p in found] == reciprocal_rank_fusion(
        rankings, 10.0
    )[:3]


def test_the_asynchronous_way_finds_the_same(make, indexes) -> None:
    hybrid = make("hybrid")
    index = hybrid.index(CHUNKS, indexes)
    query = Query(QUESTIONS[0])
    assert asyncio.run(hybrid.aretrieve(query, index)) == hybrid.retrieve(query, index)
    assert not hybrid.asynchronous
