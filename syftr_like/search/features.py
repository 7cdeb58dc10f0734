"""Configurations as rows of numbers, for models that learn what decisions are worth."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from syftr_like.contracts.domains import ChoiceDomain, Domain

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from syftr_like.search.proposer import Value
    from syftr_like.space import Space


class Features:
    """Describes configurations of a space.

    A choice takes a column for each of its options, 1 where it was taken. A number takes one for
    whether it was decided at all, and one for its place in its domain, from 0 to 1, by ratio where
    the domain is logarithmic; .5 where it was not decided.

    Args:
        space: What there is to decide.
    """

    def __init__(self, space: Space) -> None:
        self._decisions = [(decision.path, decision.domain) for decision in space.decisions()]

    def of(self, params: Mapping[str, Value]) -> NDArray[np.float64]:
        """Return a configuration's row; shape (columns,), the same for all of the space."""
        import numpy as np

        row: list[float] = []
        for path, domain in self._decisions:
            row += _columns(domain, path in params, params.get(path))
        return np.array(row, dtype=np.float64)


def _columns(domain: Domain, decided: bool, value: Value) -> list[float]:
    if isinstance(domain, ChoiceDomain):
        return [
            float(decided and type(option) is type(value) and option == value)
            for option in domain.options
        ]
    if not decided:
        return [0.0, 0.5]
    assert isinstance(value, int | float)
    low, high, at = float(domain.low), float(domain.high), float(value)
    if domain.log:
        low, high, at = math.log(low), math.log(high), math.log(at)
    return [1.0, (at - low) / (high - low) if high > low else 0.5]
