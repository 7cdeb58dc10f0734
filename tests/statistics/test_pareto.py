"""Fronts, ranks, hypervolume and knees; less is better."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.statistics.pareto import dominates, hypervolume, knee, non_dominated, ranks

Table = list[list[float]]


@st.composite
def tables(draw: st.DrawFn, smallest: int = 0, least: int = 0) -> Table:
    """Few distinct values, so that rows are often equal or dominated."""
    columns = draw(st.integers(1, 4))
    row = st.lists(st.integers(least, 4).map(float), min_size=columns, max_size=columns)
    drawn = draw(st.lists(row, min_size=smallest, max_size=9))
    return drawn or [[float(least)] * columns]


def beaten(row: list[float], table: Table) -> bool:
    return any(
        all(o <= r for o, r in zip(other, row, strict=True)) and other != row for other in table
    )


class TestDominance:
    def test_no_worse_anywhere_and_better_somewhere(self) -> None:
        assert dominates([1, 2], [1, 3])
        assert not dominates([1, 2], [1, 2])
        assert not dominates([1, 2], [0, 3])

    def test_equal_members_all_stay_on_the_front(self) -> None:
        assert non_dominated([[1, 2], [1, 2], [2, 1], [2, 2]]).tolist() == [True, True, True, False]

    def test_one_objective_leaves_the_least(self) -> None:
        assert non_dominated([[3.0], [1.0], [1.0]]).tolist() == [False, True, True]

    def test_no_members_make_no_front(self) -> None:
        assert non_dominated(np.zeros((0, 2))).tolist() == []
        assert ranks(np.zeros((0, 2))).tolist() == []

    @given(table=tables())
    def test_the_front_is_what_nothing_dominates(self, table: Table) -> None:
        assert non_dominated(table).tolist() == [not beaten(row, table) for row in table]

    @given(table=tables())
    def test_each_rank_is_the_front_of_what_the_earlier_ones_leave(self, table: Table) -> None:
        found = ranks(table)
        left = list(range(len(table)))
        for rank in range(int(found.max()) + 1):
            remaining = [table[i] for i in left]
            front = [i for i in left if not beaten(table[i], remaining)]
            assert [i for i in left if found[i] == rank] == front
            left = [i for i in left if i not in front]
        assert not left

    def test_what_is_not_a_number_is_refused(self) -> None:
        for function in (non_dominated, ranks, knee):
            with pytest.raises(ValueError, match="not a number"):
                function([[1.0, math.nan]])

    def test_what_is_not_a_table_is_refused(self) -> None:
        with pytest.raises(ValueError, match="shape"):
            non_dominated([1.0, 2.0])


class TestHypervolume:
    def test_it_is_the_dominated_area(self) -> None:
        assert hypervolume([[1, 3], [2, 2], [3, 1]], [4, 4]) == pytest.approx(6)

    def test_it_is_the_dominated_volume(self) -> None:
        assert hypervolume([[0, 0, 0]], [2, 3, 4]) == pytest.approx(24)

    def test_members_beyond_the_reference_add_nothing(self) -> None:
        assert hypervolume([[1, 5], [5, 1], [1, 4]], [4, 4]) == 0
        assert hypervolume([[2, 2], [0, 9]], [4, 4]) == pytest.approx(4)

    def test_none_have_none(self) -> None:
        assert hypervolume(np.zeros((0, 2)), [1, 1]) == 0

    def test_the_reference_must_fit(self) -> None:
        with pytest.raises(ValueError, match="reference"):
            hypervolume([[1, 2]], [1, 2, 3])
        with pytest.raises(ValueError, match="infinite"):
            hypervolume([[1, -math.inf]], [1, 2])

    @given(table=tables(smallest=2))
    def test_a_further_member_never_lowers_it(self, table: Table) -> None:
        reference = [5.0] * len(table[0])
        before = hypervolume(table[:-1], reference)
        assert hypervolume(table, reference) >= before - 1e-9

    @given(table=tables())
    def test_it_is_that_of_the_front(self, table: Table) -> None:
        reference = [5.0] * len(table[0])
        front = np.asarray(table)[non_dominated(table)]
        assert hypervolume(front, reference) == pytest.approx(hypervolume(table, reference))

    @given(table=tables())
    def test_it_counts_the_unit_cells_that_are_dominated(self, table: Table) -> None:
        size = len(table[0])
        cells = np.indices([5] * size).reshape(size, -1).T
        dominated = [any((np.asarray(row) <= cell).all() for row in table) for cell in cells]
        assert hypervolume(table, [5.0] * size) == pytest.approx(sum(dominated))


class TestKnee:
    def test_it_is_where_the_front_bends(self) -> None:
        assert knee([[0, 10], [1, 2], [5, 1], [10, 0]]) == 1

    def test_one_member_is_its_own_knee(self) -> None:
        assert knee([[3, 4, 5]]) == 0

    def test_of_two_it_is_the_better_in_the_first_objective(self) -> None:
        assert knee([[1, 0], [0, 1]]) == 1
        assert knee([[0, 1], [1, 0]]) == 0

    def test_an_objective_in_which_all_are_equal_does_not_matter(self) -> None:
        assert knee([[0, 10, 7], [1, 2, 7], [5, 1, 7], [10, 0, 7]]) == 1

    def test_ratios_tell_small_costs_apart(self) -> None:
        # By difference 40 is far cheaper than 100; by ratio it is as good as nothing.
        front = [[0.0, 100.0], [0.5, 40.0], [0.9, 0.01], [1.0, 0.001]]
        assert knee(front) == 1
        assert knee(front, log=[False, True]) == 0

    def test_ratios_need_positive_losses(self) -> None:
        with pytest.raises(ValueError, match="not positive"):
            knee([[0.0, 1.0]], log=[True, False])

    def test_nobody_is_no_knee(self) -> None:
        with pytest.raises(ValueError, match="at least one"):
            knee(np.zeros((0, 2)))

    @given(table=tables(), factor=st.sampled_from([0.5, 2.0, 1024.0]))
    def test_units_do_not_matter(self, table: Table, factor: float) -> None:
        scaled = [[row[0] * factor, *row[1:]] for row in table]
        assert knee(scaled) == knee(table)

    @given(table=tables())
    def test_the_knee_is_on_the_front(self, table: Table) -> None:
        assert non_dominated(table)[knee(table)]
