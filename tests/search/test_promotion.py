"""Which trials deserve more questions."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.search import Constraint, Feedback
from syftr_like.search.promotion import preference, total_violation
from syftr_like.statistics.pareto import hypervolume, ranks

BOUNDED = (Constraint("latency", "<=", 2.0), Constraint("failures", "<=", 0.0))


def order(*points: tuple[float, ...], chosen: frozenset[int] = frozenset()) -> list[int]:
    return preference([Feedback(point) for point in points], (), chosen=chosen)


def test_one_objective_is_an_order() -> None:
    assert order((3.0,), (-1.0,), (2.0,), (-5.0,)) == [3, 1, 2, 0]


def test_equal_trials_come_in_the_order_of_their_numbers() -> None:
    assert order((1.0, 2.0), (1.0, 2.0), (1.0, 2.0)) == [0, 1, 2]
    assert order((1.0,), (0.5,), (1.0,), (0.5,)) == [1, 3, 0, 2]


def test_a_lower_rank_comes_before_a_greater_contribution() -> None:
    # The last is dominated by the first, alone in its rank, and far from all others.
    assert order((0.1, 1.0), (0.11, 0.99), (0.12, 0.98), (0.9, 1.1))[-1] == 3


def test_near_twins_do_not_come_one_after_the_other() -> None:
    twins_and_another = order((0.10, 10.0), (0.1001, 9.99), (0.50, 0.1))
    assert twins_and_another.index(2) < 2


def test_what_is_chosen_already_is_not_wanted_twice() -> None:
    points = (0.10, 10.0), (0.1001, 9.99), (0.50, 0.1), (0.3, 3.0)
    assert order(*points, chosen=frozenset({0}))[-1] == 1
    assert order(*points, chosen=frozenset({0, 2}))[0] == 3


def test_a_cost_counts_by_its_ratios() -> None:
    # Evenly spaced by ratio: none is a twin of the cheapest, as they would be by difference.
    points = [(0.9 - 0.2 * i, 10.0**i) for i in range(4)]
    chosen = order(*points)[:2]
    assert set(chosen) != {2, 3}
    assert set(chosen) & {1, 2}


def test_infeasible_trials_come_last_by_their_violation() -> None:
    feedbacks = [
        Feedback((0.1,), (6.0, 0.0)),
        Feedback((0.9,), (0.0, 0.0)),
        Feedback((0.2,), (0.0, 0.5)),
        Feedback((0.1,), (1.0, 0.0)),
        Feedback((0.8,), (-1.0, 0.0)),
        Feedback((0.0,), (float("inf"), 0.0)),
    ]
    assert [total_violation(f, BOUNDED) for f in feedbacks[:4]] == [3.0, 0.0, 0.5, 0.5]
    assert preference(feedbacks, BOUNDED) == [4, 1, 3, 2, 0, 5]


def test_no_trials_have_no_order() -> None:
    assert preference([], ()) == []


@settings(max_examples=60, deadline=None)
@given(
    st.integers(1, 3).flatmap(
        lambda m: st.lists(st.tuples(*[st.integers(1, 6)] * m), min_size=1, max_size=14)
    ),
    st.sets(st.integers(0, 13), max_size=4),
)
def test_the_order_is_by_rank_and_names_each_once(
    points: list[tuple[int, ...]], chosen: set[int]
) -> None:
    found = order(*[tuple(map(float, point)) for point in points], chosen=frozenset(chosen))
    assert sorted(found) == [i for i in range(len(points)) if i not in chosen]
    rank = ranks(points)
    assert [rank[i] for i in found] == sorted(rank[i] for i in found)


@pytest.mark.parametrize("objectives", [2, 3])
@pytest.mark.parametrize("seed", range(4))
def test_greedy_picks_are_nearly_the_best_selection(objectives: int, seed: int) -> None:
    """Greedy selection has at least 1 - 1/e of the best volume; in practice nearly all."""
    rng = np.random.default_rng(seed)
    directions = np.abs(rng.normal(size=(9, objectives)))
    points = -directions / np.linalg.norm(directions, axis=1, keepdims=True)  # a front

    low, span = points.min(axis=0), np.ptp(points, axis=0)
    scaled = (points - low) / span
    reference = np.full(objectives, 1.1)
    best = max(hypervolume(scaled[list(some)], reference) for some in combinations(range(9), 3))
    picked = order(*[tuple(point) for point in points])[:3]
    assert hypervolume(scaled[picked], reference) >= 0.9 * best
