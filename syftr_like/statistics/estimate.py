"""A measured value with its uncertainty."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Estimate:
    """A trial's value of one metric.

    Attributes:
        value: The aggregate over the questions.
        low: Lower end of the 95 % interval, None where there are too few questions for one.
        high: Upper end of it.
        n: Questions it rests on.
    """

    value: float
    low: float | None
    high: float | None
    n: int
