from __future__ import annotations

import asyncio
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.retrievers.fusion import (
    Normalisation,
    reciprocal_rank_fusion,
    weighted_fusion,
)
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
NORMALISATIONS = get_args(Normalisation)
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


def test_z_scores_are_counted_from_the_lowest() -> None:
    ranking = [(1, 30.0), (2, 20.0), (3, 10.0)]
    deviation = (200 / 3) ** 0.5
    assert weighted_fusion([ranking, [(4, 5.0)]], [0.5, 0.5], "z_score") == [
        (1, pytest.approx(0.5 * 20 / deviation)),
        (2, pytest.approx(0.5 * 10 / deviation)),
        (4, pytest.approx(0.5)),
        (3, 0.0),
    ]


def test_distributions_lie_three_deviations_around_their_mean() -> None:
    ranking = [(1, 30.0), (2, 20.0), (3, 10.0)]
    deviation = (200 / 3) ** 0.5
    assert weighted_fusion([ranking, [(4, 5.0)]], [0.8, 0.2], "distribution_based") == [
        (1, pytest.approx(0.8 * (0.5 + 10 / (6 * deviation)))),
        (2, pytest.approx(0.8 * 0.5)),
        (3, pytest.approx(0.8 * (0.5 - 10 / (6 * deviation)))),
        (4, pytest.approx(0.2 * 0.5)),
    ]


def test_an_outlier_leaves_the_rest_more_of_the_scale() -> None:
    """The second of the first ranking goes before the best of the other but for the outlier."""
    first = [(1, 100.0), *((n, 12.0 - n) for n in range(2, 12))]
    second = [(20 + n, 0.9 - n / 100) for n in range(10)]
    places = {}
    for normalisation in NORMALISATIONS:
        order = [p for p, _ in weighted_fusion([first, second], [0.7, 0.3], normalisation)]
        places[normalisation] = order.index(2)
    assert places["distribution_based"] < places["min_max"]


@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@given(
    scores=st.lists(st.integers(-50, 50), min_size=1, max_size=20),
    scale=st.floats(0.01, 1000),
    shift=st.floats(-1000, 1000),
)
def test_no_normalisation_depends_on_the_scale_or_changes_the_order_of_one_ranking(
    normalisation: Normalisation, scores: list[int], scale: float, shift: float
) -> None:
    ranking = sorted(enumerate(map(float, scores)), key=lambda item: (-item[1], item[0]))
    joined = weighted_fusion([ranking], [1.0], normalisation)
    assert [p for p, _ in joined] == [p for p, _ in ranking]
    moved = [(p, score * scale + shift) for p, score in ranking]
    again = dict(weighted_fusion([moved], [1.0], normalisation))
    assert again == {p: pytest.approx(score, abs=1e-3) for p, score in joined}


def test_a_ranking_of_one_counts_in_full() -> None:
    assert weighted_fusion([[(4, 2.5)], []], [0.3, 0.7]) == [(4, pytest.approx(0.3))]


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("normalisation", NORMALISATIONS)
@pytest.mark.parametrize(("weight", "alone"), [(1.0, "bm25"), (0.0, "dense")])
def test_at_the_ends_of_the_weight_one_retriever_decides(
    make, indexes, question: str, weight: float, alone: str, normalisation: Normalisation
) -> None:
    hybrid = make("hybrid", fusion="weighted", bm25_weight=weight, k=6, normalisation=normalisation)
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


def test_its_vectors_may_be_in_any_index_of_dense(make, indexes) -> None:
    for index in ("flat", "hnsw", "ivf_pq"):
        values = {"index": index, "k": 6}
        for retriever in (make("dense", **values), make("hybrid", bm25_weight=0.0, **values)):
            prepared = retriever.index(CHUNKS, indexes)
            found = [p.chunk for p in retriever.retrieve(Query(QUESTIONS[0]), prepared)]
            assert len(found) > 1
            if retriever.name == "dense":
                expected = found
        assert found == expected
    names = sorted(recipe.name for recipe in indexes.recipes)
    assert names == ["bm25", "embedded_chunks", "flat", "hnsw", "ivf_pq"]
