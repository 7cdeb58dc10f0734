"""Joining what several searches found."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts import Chunk, Passage
from syftr_like.contracts.fusing import fused


def passage(name: str, score: float = 1.0) -> Passage:
    return Passage(Chunk(name, 0, len(name), name), score)


def names(passages: Sequence[Passage]) -> list[str]:
    return [p.chunk.document for p in passages]


def test_one_ranking_stays_as_it_is() -> None:
    only = [passage("a", 3.0), passage("b", 2.0)]
    assert list(fused([only])) == only


def test_what_both_found_comes_first() -> None:
    rankings = [[passage("a"), passage("b")], [passage("c"), passage("b")]]
    assert names(fused(rankings)) == ["b", "a", "c"]
    assert names(fused(rankings, 2)) == ["b", "a"]


def test_equal_ones_come_as_they_were_found() -> None:
    assert names(fused([[passage("a")], [passage("b")]])) == ["a", "b"]


rankings = st.lists(st.lists(st.sampled_from("abcdef"), unique=True), min_size=2, max_size=4)


@given(rankings)
def test_no_passage_comes_twice_and_scores_fall(found: list[list[str]]) -> None:
    joined = fused([[passage(name) for name in ranking] for ranking in found])
    assert len(set(names(joined))) == len(joined) == len(set().union(*found))
    scores = [p.score for p in joined]
    assert scores == sorted(scores, reverse=True)
