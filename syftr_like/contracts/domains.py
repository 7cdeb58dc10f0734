"""Domains: the sets of values that a searched parameter may take."""

from __future__ import annotations

import math
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class IntDomain:
    """Whole numbers `low, low + step, ...` up to `high`, both ends included.

    `log` asks samplers to draw uniformly in the logarithm; it needs `low >= 1` and `step == 1`.
    """

    low: int
    high: int
    step: int = 1
    log: bool = False

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"the domain is empty: {self.low} is above {self.high}")
        if self.step < 1:
            raise ValueError(f"step must be at least 1, not {self.step}")
        if self.log and (self.low < 1 or self.step != 1):
            raise ValueError("a log domain of whole numbers needs low >= 1 and no step")

    @property
    def size(self) -> int:
        """How many values it holds."""
        return (self.high - self.low) // self.step + 1

    def values(self) -> list[int]:
        """Every value, ascending."""
        return list(range(self.low, self.high + 1, self.step))

    def __contains__(self, value: object) -> bool:
        return (
            isinstance(value, int)
            and not isinstance(value, bool)
            and self.low <= value <= self.high
            and (value - self.low) % self.step == 0
        )


@dataclass(frozen=True, slots=True)
class FloatDomain:
    """Real numbers from `low` to `high`, both ends included; with a `step`, a finite grid."""

    low: float
    high: float
    step: float | None = None
    log: bool = False

    def __post_init__(self) -> None:
        if not (math.isfinite(self.low) and math.isfinite(self.high)):
            raise ValueError("both ends of the domain must be finite")
        if self.low > self.high:
            raise ValueError(f"the domain is empty: {self.low} is above {self.high}")
        if self.step is not None and self.step <= 0:
            raise ValueError(f"step must be above 0, not {self.step}")
        if self.log and (self.low <= 0 or self.step is not None):
            raise ValueError("a log domain of real numbers needs low > 0 and no step")

    @property
    def size(self) -> float:
        """How many values it holds; infinite without a step."""
        if self.low == self.high:
            return 1
        if self.step is None:
            return math.inf
        return math.floor((self.high - self.low) / self.step + 1e-9) + 1

    def values(self) -> list[float]:
        """Every value of a finite domain, ascending.

        Raises:
            ValueError: The domain is infinite.
        """
        if self.low == self.high:
            return [self.low]
        if self.step is None:
            raise ValueError("a domain of real numbers without a step cannot be listed")
        return [round(self.low + i * self.step, 12) for i in range(int(self.size))]

    def __contains__(self, value: object) -> bool:
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        if self.step is None or self.low == self.high:
            return self.low <= value <= self.high
        # A grid point is computed, so that it may miss its place, also the last, by a rounding.
        position = (value - self.low) / self.step
        on_grid = abs(position - round(position)) < 1e-6
        return on_grid and 0 <= round(position) < self.size


@dataclass(frozen=True, slots=True)
class ChoiceDomain:
    """One of several literal values."""

    options: tuple[bool | int | float | str | None, ...]

    def __post_init__(self) -> None:
        if not self.options:
            raise ValueError("the domain is empty: a choice needs at least one option")
        seen: set[tuple[type, object]] = set()
        for option in self.options:
            if (type(option), option) in seen:
                raise ValueError(f"the option {option!r} stands twice")
            seen.add((type(option), option))

    @property
    def size(self) -> int:
        """How many values it holds."""
        return len(self.options)

    def values(self) -> list[bool | int | float | str | None]:
        """Every value in the order written."""
        return list(self.options)

    def __contains__(self, value: object) -> bool:
        return any(type(value) is type(o) and value == o for o in self.options)


Domain = IntDomain | FloatDomain | ChoiceDomain
