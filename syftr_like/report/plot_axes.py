"""Axes of the plots: logarithmic where values span magnitudes, ticks in the metric's unit."""

from __future__ import annotations

import html
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from syftr_like.contracts import Direction
from syftr_like.search.objective import Objective

LOG_FROM = 10.0
"""A linear axis presses most points into a corner when the values' ratio is larger than this."""

MARGIN = 0.08
"""Free space at each end of an axis, as a share of what the values span."""


@dataclass(frozen=True, slots=True)
class Axis:
    """An axis for some values.

    Attributes:
        log: Whether it is logarithmic.
        low: Lower end: a value, or its decadic logarithm.
        high: Upper end.
        layout: Plotly's settings of it.
    """

    log: bool
    low: float
    high: float
    layout: dict[str, Any]

    def share(self, value: float) -> float:
        """Return where a value stands, from 0 at the lower end to 1 at the upper."""
        return (_scaled(value, self.log) - self.low) / (self.high - self.low)


def make_axis(title: str, unit: str, values: Sequence[float]) -> Axis:
    """Return an axis on which the values, at least one, have room."""
    log = _spans_magnitudes(values)
    scaled = [_scaled(value, log) for value in values]
    span = max(scaled) - min(scaled) or abs(scaled[0]) or 1.0
    low, high = min(scaled) - MARGIN * span, max(scaled) + MARGIN * span
    layout: dict[str, Any] = {"title": {"text": title}, "range": [low, high]}
    if log:
        # Every decade on a long axis; on a short one 2 and 5 between them, too.
        layout |= {"type": "log", "dtick": 1 if span > 2.5 else "D2"}
    return Axis(log, low, high, layout | _ticks(unit, max(values)))


def axis_title(objective: Objective, unit: str) -> str:
    """Return the title of an objective's axis."""
    better = "more" if objective.direction is Direction.MAXIMIZE else "less"
    return f"{html.escape(objective.metric)} ({html.escape(unit)}, {better} is better)"


def _ticks(unit: str, largest: float) -> dict[str, str]:
    if unit == "s":
        return {"tickformat": "~s", "ticksuffix": "s"}
    if unit == "USD":
        return {"tickformat": "$.2~e" if largest < 0.01 else "$,.6~g"}
    return {"tickformat": ",.6~g"}


def _spans_magnitudes(values: Sequence[float]) -> bool:
    return min(values) > 0 and max(values) / min(values) > LOG_FROM


def _scaled(value: float, log: bool) -> float:
    return math.log10(value) if log else value
