"""Sampled comparisons, and what ranking follows from their results."""

from __future__ import annotations

import math
from collections import Counter
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.rerankers.comparisons import (
    Comparison,
    Result,
    sampled_rounds,
    strengths,
    win_shares,
)


def met(pairs: list[Comparison]) -> Counter[frozenset[int]]:
    return Counter(frozenset((pair.first, pair.second)) for pair in pairs)


@given(st.integers(0, 12), st.integers(1, 20), st.text(max_size=5))
def test_no_two_meet_twice_and_none_more_often_than_there_are_rounds(count, rounds, seed) -> None:
    pairs = sampled_rounds(count, rounds, seed)
    assert set(met(pairs).values()) <= {1}
    had = Counter(position for pair in pairs for position in (pair.first, pair.second))
    assert all(n <= rounds for n in had.values())
    if count:
        assert max(had.values(), default=0) - min(had[p] for p in range(count)) <= 1


@given(st.integers(0, 12), st.text(max_size=5))
def test_in_the_end_every_two_have_met(count: int, seed: str) -> None:
    pairs = sampled_rounds(count, 100, seed)
    assert set(met(pairs)) == {frozenset(pair) for pair in combinations(range(count), 2)}


def test_the_seed_decides_who_meets_and_who_is_shown_first() -> None:
    assert sampled_rounds(8, 2, "a") == sampled_rounds(8, 2, "a")
    assert met(sampled_rounds(8, 2, "a")) != met(sampled_rounds(8, 2, "b"))
    shown = Counter(
        pair.first < pair.second for seed in range(50) for pair in sampled_rounds(8, 7, str(seed))
    )
    assert 0.4 < shown[True] / shown.total() < 0.6


def test_hardly_ever_is_one_shown_first_to_all_others() -> None:
    always = sum(
        7 in Counter(pair.first for pair in sampled_rounds(8, 7, str(seed))).values()
        for seed in range(100)
    )
    assert always < 20  # six of a hundred by chance


def tournament(order: list[int]) -> list[Result]:
    """Every two meet; the one that comes earlier in the order wins."""
    return [
        Result(Comparison(a, b), 1.0 if order.index(a) < order.index(b) else 0.0)
        for a, b in combinations(range(len(order)), 2)
    ]


@pytest.mark.parametrize("score", [win_shares, strengths])
@given(order=st.permutations(range(6)))
def test_a_full_tournament_ranks_as_it_was_won(score, order: list[int]) -> None:
    scores = score(6, tournament(order))
    assert sorted(range(6), key=lambda position: -scores[position]) == order


def test_shares_of_wins() -> None:
    results = [Result(Comparison(0, 1), 1.0), Result(Comparison(2, 0), 0.5)]
    assert win_shares(4, results) == [0.75, 0.0, 0.5, 0.5]


def test_strength_counts_who_was_beaten() -> None:
    # 0 and 3 won once each, but 0 beat 1, who beat 2, and 3 beat 4, who beat nobody.
    won = [(0, 1), (1, 2), (3, 4), (2, 4)]
    results = [Result(Comparison(a, b), 1.0) for a, b in won]
    assert win_shares(5, results)[0] == win_shares(5, results)[3]
    assert strengths(5, results)[0] > strengths(5, results)[3]


def test_strengths_are_those_of_bradley_and_terry() -> None:
    # Two who met four times, three to one, and half a win and a loss against strength 1 each:
    # the likelihood has its maximum where wins equal expected wins.
    results = [Result(Comparison(0, 1), share) for share in (1.0, 1.0, 1.0, 0.0)]
    a, b = (math.exp(value) for value in strengths(2, results))
    assert pytest.approx(4 * a / (a + b) + a / (a + 1), abs=1e-4) == 3 + 0.5
    assert pytest.approx(4 * b / (a + b) + b / (b + 1), abs=1e-4) == 1 + 0.5


def test_nothing_compared_is_a_tie() -> None:
    assert strengths(3, []) == [0.0, 0.0, 0.0]
    assert strengths(0, []) == []
