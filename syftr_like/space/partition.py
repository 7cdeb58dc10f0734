"""Cutting a domain into pieces within which no condition changes."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from itertools import pairwise

from syftr_like.contracts import ChoiceDomain, Domain, FloatDomain, IntDomain, Json

from .rules import Condition
from .tree import Scalar


def groups(
    domain: Domain, on_path: Sequence[Condition], named: Sequence[Json]
) -> Iterator[tuple[Scalar, int]]:
    """Cut a finite domain where something changes; yield a value of each piece and its size.

    What may change: whether a condition on the path holds, and whether the value equals one of
    `named`. Nothing is listed, so the size of the domain does not matter.
    """
    if isinstance(domain, ChoiceDomain):
        for option in domain.options:
            yield option, 1
        return
    indexes = range(int(domain.size))
    start, step = domain.low, domain.step or 0

    def value_at(index: int) -> float:
        if isinstance(domain, IntDomain):
            return start + index * step
        return round(start + index * step, 12)

    exact = [*named, *(v for c in on_path for v in c.values or ())]
    numbers = [v for v in exact if isinstance(v, int | float) and not isinstance(v, bool)]
    cuts = {0, len(indexes)}
    for number in numbers:
        cuts.add(bisect_left(indexes, number, key=value_at))
        cuts.add(bisect_right(indexes, number, key=value_at))
    for condition in on_path:
        if condition.low is not None:
            cuts.add(bisect_left(indexes, condition.low, key=value_at))
        if condition.high is not None:
            cuts.add(bisect_right(indexes, condition.high, key=value_at))
    ends = sorted(cuts)
    for first, last in pairwise(ends):
        yield value_at(first), last - first


def representatives(domain: FloatDomain, on_path: Sequence[Condition]) -> list[float]:
    """Return the points and the pieces between them at which a condition on a real changes."""
    named = [v for c in on_path for v in (*(c.values or ()), c.low, c.high)]
    points = {domain.low, domain.high}
    points.update(float(v) for v in named if isinstance(v, int | float) and v in domain)
    ordered = sorted(points)
    between = [(a + b) / 2 for a, b in pairwise(ordered)]
    return [*ordered, *between]
