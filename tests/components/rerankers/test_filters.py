"""Filters and orders of reading."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts import Chunk, Chunks, Passage, Query

from ..conftest import make_component

QUESTION = Query("What do otters eat?")


def scored(*scores: float) -> list[Passage]:
    return [Passage(Chunk("d", i, i + 1, f"text {i}"), score) for i, score in enumerate(scores)]


def kept(name: str, passages, **values) -> list[float]:
    return [p.score for p in make_component(name, **values).rerank(QUESTION, passages)]


def test_scores_below_a_number_are_left_out() -> None:
    passages = scored(0.9, 0.5, 0.4, 0.7)
    assert kept("score_filter", passages, threshold="score", score=0.5) == [0.9, 0.5, 0.7]


def test_scores_far_below_the_best_are_left_out() -> None:
    assert kept("score_filter", scored(8.0, 4.0, 3.9), share=0.5) == [8.0, 4.0]


@pytest.mark.parametrize("scores", [(-0.1, -0.2), (0.0, -1.0)])
def test_where_the_best_is_not_above_zero_only_its_equals_stay(scores) -> None:
    assert kept("score_filter", scored(*scores, scores[0]), share=0.1) == [scores[0]] * 2


def test_the_best_stay_however_low() -> None:
    passages = scored(0.1, 0.3, 0.2)
    assert kept("score_filter", passages, threshold="score", score=1.0) == [0.3]
    assert kept("score_filter", passages, threshold="score", score=1.0, least=2) == [0.3, 0.2]
    assert kept("score_filter", passages, threshold="score", score=1.0, least=0) == []


@given(st.lists(st.floats(-5, 5), max_size=8), st.floats(0, 1), st.integers(0, 3))
def test_a_score_filter_never_keeps_less_than_it_must_nor_a_worse_one(scores, share, least) -> None:
    passages = scored(*scores)
    filtering = make_component("score_filter", share=share, least=least, top=100)
    found = filtering.rerank(QUESTION, passages)
    assert len(found) >= min(least, len(passages))
    left_out = [p.score for p in passages if p not in found]
    assert not found or all(score <= min(p.score for p in found) for score in left_out)


TEXTS = ["otters eat urchins", "otters eat", "falcons dive", "eat", "kelp grows"]
CHUNKS = Chunks(Chunk("d", 20 * i, 20 * i + len(text), text) for i, text in enumerate(TEXTS))
PASSAGES = [Passage(chunk, float(9 - i)) for i, chunk in enumerate(CHUNKS)]


def test_a_percentile_leaves_out_what_is_least_similar(make, indexes) -> None:
    def texts(percentile: float) -> list[str]:
        component = make("percentile_filter", percentile=percentile)
        prepared = component.prepare({"chunks": CHUNKS}, indexes)
        inputs = {"question": QUESTION, "passages": PASSAGES}
        return [p.text for p in component.run(inputs, prepared)]

    assert texts(0.0) == TEXTS
    assert set(texts(50.0)) == {"otters eat urchins", "otters eat", "eat"}
    assert texts(100.0) == ["otters eat"]


def test_a_percentile_keeps_equals(make) -> None:
    passages = [Passage(Chunk("d", i, i + 1, "kelp"), 1.0) for i in range(4)]
    assert make("percentile_filter", percentile=90.0).rerank(QUESTION, passages) == passages


def test_orders_of_reading() -> None:
    passages = scored(5.0, 4.0, 3.0, 2.0, 1.0)
    assert kept("reorder_context", passages, order="best_first") == [5, 4, 3, 2, 1]
    assert kept("reorder_context", passages, order="best_last") == [1, 2, 3, 4, 5]
    assert kept("reorder_context", passages, order="both_ends") == [5, 3, 1, 2, 4]
    assert kept("reorder_context", passages, order="both_ends", top=2) == [5, 4]


@given(st.integers(0, 12), st.integers(1, 12))
def test_at_both_ends_the_nearer_to_the_middle_the_worse(count: int, top: int) -> None:
    passages = scored(*range(count, 0, -1))
    found = kept("reorder_context", passages, order="both_ends", top=top)
    worst = found.index(min(found)) if found else 0
    assert sorted(found, reverse=True) == [p.score for p in passages[:top]]
    assert found[: worst + 1] == sorted(found[: worst + 1], reverse=True)
    assert found[worst:] == sorted(found[worst:])
