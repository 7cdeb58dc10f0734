"""A quantity that is not known yet, as an interval."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from syftr_like.contracts import Json

if TYPE_CHECKING:
    from numpy.typing import ArrayLike


@dataclass(frozen=True, slots=True)
class Interval:
    """The middle of what is thought possible, and where nine tenths of it lie."""

    low: float
    likely: float
    high: float

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON."""
        return {"low": self.low, "likely": self.likely, "high": self.high}


def interval_of(draws: ArrayLike) -> Interval:
    """Return the 5 %, 50 % and 95 % quantiles of some draws."""
    import numpy as np

    low, likely, high = np.quantile(np.asarray(draws, dtype=float), (0.05, 0.5, 0.95))
    return Interval(float(low), float(likely), float(high))
