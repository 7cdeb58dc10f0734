"""Where the names of points go in a scatter plot, so that they cover neither each other nor points.

Positions are shares of the plot's width and height, from the lower left corner.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

CHARACTER, LINE, GAP = 0.0145, 0.055, 0.018
"""Width of a character, height of a line, distance from its point: for half a page's width."""

_SIDES: Mapping[str, tuple[float, float]] = {
    "top center": (-0.5, 1.0),
    "bottom center": (-0.5, -1.0),
    "middle right": (0.0, 0.0),
    "middle left": (-1.0, 0.0),
    "top right": (0.0, 1.0),
    "top left": (-1.0, 1.0),
    "bottom right": (0.0, -1.0),
    "bottom left": (-1.0, -1.0),
}
"""Plotly's text positions, in order of preference: the share of its width that the text is moved
by, and on which side it is."""

_OUTSIDE, _ON_LABEL, _ON_POINT = 10_000, 1_000, 1


class Box(NamedTuple):
    """A rectangle."""

    left: float
    right: float
    bottom: float
    top: float

    def overlaps(self, other: Box) -> bool:
        """Whether some of it lies in the other."""
        return (
            self.left < other.right
            and other.left < self.right
            and self.bottom < other.top
            and other.bottom < self.top
        )


def place_labels(
    points: Sequence[tuple[float, float]], labels: Sequence[str], obstacles: Sequence[Box] = ()
) -> list[str]:
    """Return a Plotly text position for each label: one after the other, the best that is left.

    Args:
        points: Every point of the plot that a label should not cover, those with a label first.
        labels: Of the first points; empty for no label.
        obstacles: What else should not be covered.
    """
    placed: list[Box] = list(obstacles)
    positions = []
    for point, label in zip(points, labels, strict=False):
        if not label:
            positions.append("top center")
            continue
        others = [other for other in points if other != point]
        best = min(_SIDES, key=lambda side: _cost(_box(point, label, side), placed, others))
        placed.append(_box(point, label, best))
        positions.append(best)
    return positions


def _box(point: tuple[float, float], label: str, side: str) -> Box:
    width = CHARACTER * len(label)
    move, vertical = _SIDES[side]
    left = point[0] + move * width + (GAP if move == 0 else -GAP if move == -1 else 0)
    middle = point[1] + vertical * (GAP + LINE / 2)
    return Box(left, left + width, middle - LINE / 2, middle + LINE / 2)


def _cost(box: Box, placed: Sequence[Box], points: Sequence[tuple[float, float]]) -> int:
    outside = box.left < 0 or box.right > 1 or box.bottom < 0 or box.top > 1
    on_labels = sum(box.overlaps(other) for other in placed)
    on_points = sum(box.overlaps(Box(x, x, y, y)) for x, y in points)
    return _OUTSIDE * outside + _ON_LABEL * on_labels + _ON_POINT * on_points
