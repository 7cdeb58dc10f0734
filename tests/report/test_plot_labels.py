"""Names of points cover neither each other nor points, and stay in the plot."""

from __future__ import annotations

import pytest

from syftr_like.report.plot_axes import make_axis
from syftr_like.report.plot_labels import place_labels


def test_a_lone_point_has_its_name_above_it() -> None:
    assert place_labels([(0.5, 0.5)], ["best"]) == ["top center"]


def test_a_name_stays_inside_the_plot() -> None:
    assert "left" in place_labels([(0.99, 0.5)], ["cheapest near the best"])[0]
    assert "right" in place_labels([(0.01, 0.5)], ["cheapest near the best"])[0]
    assert "top" not in place_labels([(0.5, 0.99)], ["best"])[0]
    assert "bottom" not in place_labels([(0.5, 0.01)], ["best"])[0]


def test_names_of_neighbours_go_to_different_sides() -> None:
    positions = place_labels([(0.5, 0.5), (0.52, 0.5), (0.48, 0.5)], ["knee", "best", "cheapest"])

    assert len(set(positions)) == 3


def test_a_name_avoids_points_without_one() -> None:
    above = (0.5, 0.54)

    assert place_labels([(0.5, 0.5), above], ["best"]) != ["top center"]


def test_an_axis_is_logarithmic_only_where_values_span_magnitudes() -> None:
    assert make_axis("a", "s", [0.001, 0.03]).log
    assert not make_axis("a", "s", [0.01, 0.03]).log
    assert not make_axis("a", "s", [0.0, 3.0]).log
    assert not make_axis("a", "s", [-1.0, 3.0]).log


def test_an_axis_has_room_for_one_value_alone() -> None:
    for value in (0.0, 0.3, -2.0):
        axis = make_axis("a", "share", [value])
        assert axis.low < value < axis.high
        assert axis.share(value) == pytest.approx(0.5)
