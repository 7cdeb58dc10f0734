"""What a study optimizes, and what it demands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

from syftr_like.contracts.evaluator import Direction


@dataclass(frozen=True, slots=True)
class Objective:
    """A metric to be made as large or as small as possible."""

    metric: str
    direction: Direction

    def loss(self, value: float) -> float:
        """Return the value with its sign turned so that less is better."""
        return -value if self.direction is Direction.MAXIMIZE else value


@dataclass(frozen=True, slots=True)
class Constraint:
    """A bound that a trial must keep: `metric <= bound` or `metric >= bound`."""

    metric: str
    operator: Literal["<=", ">="]
    bound: float

    def violation(self, value: float) -> float:
        """Return by how much the bound is broken; 0 or less when it is kept."""
        return value - self.bound if self.operator == "<=" else self.bound - value

    def relative(self, violation: float) -> float:
        """Return a violation as a part of the bound, so that seconds and shares are alike."""
        return violation / abs(self.bound) if self.bound else violation

    def __str__(self) -> str:
        return f"{self.metric} {self.operator} {self.bound:g}"


def losses(objectives: Sequence[Objective], values: Mapping[str, float]) -> tuple[float, ...]:
    """Return one loss per objective, less is better."""
    return tuple(objective.loss(values[objective.metric]) for objective in objectives)
