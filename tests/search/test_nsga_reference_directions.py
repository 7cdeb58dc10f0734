"""Where NSGA-III looks: directions over the simplex of objectives."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.search.reference_directions import lattice_size, partitions, reference_directions


@pytest.mark.parametrize(
    ("objectives", "room", "expected"),
    [
        (1, 50, (1, 0)),
        (2, 50, (49, 0)),
        (3, 10, (3, 0)),
        (3, 50, (8, 0)),
        # Fewer partitions than objectives leave the inside to a second layer.
        (4, 20, (2, 2)),
        (5, 20, (2, 1)),
        (8, 16, (1, 1)),
    ],
)
def test_the_lattice_is_the_finest_that_has_room(
    objectives: int, room: int, expected: tuple[int, int]
) -> None:
    assert partitions(objectives, room) == expected


@settings(deadline=None)
@given(objectives=st.integers(1, 9), room=st.integers(1, 60))
def test_directions_are_distinct_points_of_the_simplex(objectives: int, room: int) -> None:
    directions = reference_directions(objectives, room)
    assert directions.shape[1] == objectives
    assert len(directions) <= max(room, 2 * objectives)
    assert np.all(directions >= 0)
    assert directions.sum(axis=1) == pytest.approx(1.0)
    assert len(np.unique(directions.round(9), axis=0)) == len(directions)


@settings(deadline=None)
@given(objectives=st.integers(2, 9), room=st.integers(18, 60))
def test_directions_reach_every_objective_and_the_inside(objectives: int, room: int) -> None:
    directions = reference_directions(objectives, room)
    corners = np.eye(objectives)
    assert all(np.isclose(directions, corner).all(axis=1).any() for corner in corners)
    assert np.any(directions.min(axis=1) > 0)


def test_the_size_of_a_lattice_is_the_number_of_its_directions() -> None:
    assert lattice_size(3, 8) == 45 == len(reference_directions(3, 50))
