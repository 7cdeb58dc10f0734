"""Which members of a front are recommended."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts import Direction
from syftr_like.statistics.recommend import recommend

UP, DOWN = Direction.MAXIMIZE, Direction.MINIMIZE
IDS = ["t001", "t002", "t003", "t004"]
FRONT = [[0.80, 9.0, 1.0], [0.78, 3.0, 2.0], [0.74, 1.0, 3.0], [0.30, 0.9, 0.1]]


def test_best_is_best_by_the_first_objective() -> None:
    assert recommend(IDS, FRONT, [UP, DOWN, DOWN])["best"] == "t001"
    assert recommend(IDS, FRONT, [DOWN, UP, UP])["best"] == "t004"


def test_a_tie_for_the_best_is_broken_by_the_next_objective() -> None:
    tied = [[0.8, 9.0, 1.0], [0.8, 5.0, 3.0], [0.8, 5.0, 2.0], [0.7, 1.0, 1.0]]
    assert recommend(IDS, tied, [UP, DOWN, DOWN])["best"] == "t003"


def test_the_cheapest_within_a_stated_loss_of_the_best() -> None:
    def cheapest(within: float) -> str | None:
        return recommend(IDS, FRONT, [UP, DOWN, DOWN], within=within)["cheapest_within"]

    assert recommend(IDS, FRONT, [UP, DOWN, DOWN])["cheapest_within"] == "t002"
    assert [cheapest(w) for w in (0.0, 0.019, 0.02, 0.06, 0.5)] == [
        "t001",
        "t001",
        "t002",
        "t003",
        "t004",
    ]


def test_a_relative_loss_is_a_share_of_the_best_value() -> None:
    seconds = [[10.0, 5.0], [10.4, 1.0], [11.0, 0.5], [20.0, 0.1]]
    found = recommend(IDS, seconds, [DOWN, DOWN], within=0.05, relative=True)
    assert found["cheapest_within"] == "t002"


def test_the_cost_is_the_first_minimised_objective_after_the_first() -> None:
    front = [[0.8, 0.2, 9.0], [0.79, 0.1, 3.0], [0.78, 0.9, 5.0], [0.1, 0.0, 0.1]]
    assert recommend(IDS, front, [UP, UP, DOWN])["cheapest_within"] == "t002"


def test_without_a_cost_nothing_is_cheapest() -> None:
    assert recommend(["a", "b"], [[0.8, 0.1], [0.7, 0.2]], [UP, UP])["cheapest_within"] is None
    assert recommend(["a"], [[0.8]], [DOWN])["cheapest_within"] is None


def test_a_front_of_one_is_all_three() -> None:
    assert recommend(["a"], [[0.5, 1.0]], [UP, DOWN]) == {
        "knee": "a",
        "best": "a",
        "cheapest_within": "a",
    }


def test_an_empty_front_recommends_nothing() -> None:
    assert set(recommend([], [], [UP]).values()) == {None}


def test_the_knee_compares_costs_over_orders_of_magnitude_by_ratio() -> None:
    front = [[0.80, 100.0], [0.60, 40.0], [0.31, 0.5], [0.30, 0.1]]
    assert recommend(IDS, front, [UP, DOWN])["knee"] == "t001"
    near = [[0.80, 100.0], [0.78, 40.0], [0.31, 30.0], [0.30, 29.0]]
    assert recommend(IDS, near, [UP, DOWN])["knee"] == "t002"


def test_a_cost_of_nothing_has_no_ratios() -> None:
    front = [[0.80, 100.0], [0.60, 40.0], [0.59, 0.5], [0.30, 0.0]]
    assert recommend(IDS, front, [UP, DOWN])["knee"] == "t003"


def test_values_must_fit() -> None:
    with pytest.raises(ValueError, match="expected 1 rows of 2"):
        recommend(["a"], [[1.0]], [UP, DOWN])
    with pytest.raises(ValueError, match="finite"):
        recommend(["a"], [[math.nan]], [UP])


@given(
    values=st.lists(st.tuples(st.floats(0, 1), st.floats(0, 9)), min_size=1, max_size=8),
    data=st.data(),
)
def test_recommended_values_do_not_depend_on_the_order_of_members(
    values: list[tuple[float, float]], data: st.DataObject
) -> None:
    ids = [f"m{i}" for i in range(len(values))]
    order = data.draw(st.permutations(range(len(values))))
    by_id = dict(zip(ids, values, strict=True))
    plain = recommend(ids, values, [UP, DOWN])
    shuffled = recommend([ids[i] for i in order], [values[i] for i in order], [UP, DOWN])
    for name, id in plain.items():
        other = shuffled[name]
        assert id is not None
        assert other is not None
        assert by_id[id] == by_id[other]
