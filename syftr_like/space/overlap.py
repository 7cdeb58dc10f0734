"""Whether two options can decode to the same component with the same parameters.

A space in which they can would hold some flows twice: its size would be wrong and a search would
pay twice for one flow. So overlapping options are refused when a space is loaded.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from fractions import Fraction

from syftr_like.contracts import ChoiceDomain, Domain, FloatDomain, IntDomain, Json

from .tree import Choice, ComponentOption, Fixed, Record, Searched, Value, same_value


def overlap(one: ComponentOption, other: ComponentOption) -> bool:
    """Whether some assignment makes both options the same component."""
    if one.component != other.component:
        return False
    theirs = {p.name: p.value for p in other.parameters}
    controllers = one.controllers | other.controllers
    # An option leaves out the parameters that can never exist under it; the other may have them.
    pairs = [(p, theirs[p.name]) for p in one.parameters if p.name in theirs]
    whens = {
        p.name: p.when for option in (one, other) for p in option.parameters if p.name in theirs
    }

    def agree(position: int, chosen: dict[str, Json]) -> bool:
        if position == len(pairs):
            return True
        parameter, their_value = pairs[position]
        exists = all(
            sibling in chosen and any(same_value(chosen[sibling], v) for v in allowed)
            for sibling, allowed in whens[parameter.name]
        )
        if not exists:
            return agree(position + 1, chosen)
        if parameter.name not in controllers:
            return values_meet(parameter.value, their_value) and agree(position + 1, chosen)
        mentioned = [
            value
            for whens_of in whens.values()
            for sibling, allowed in whens_of
            if sibling == parameter.name
            for value in allowed
        ]
        return any(
            agree(position + 1, {**chosen, parameter.name: value})
            for value in _shared_classes(parameter.value, their_value, mentioned)
        )

    return agree(0, {})


def values_meet(one: Value, other: Value) -> bool:
    """Whether two values of the same parameter can be equal."""
    if isinstance(one, Choice) and isinstance(other, Choice):
        return any(overlap(a, b) for a in one.options for b in other.options)
    if isinstance(one, Record) or isinstance(other, Record):
        mine, theirs = _items(one), _items(other)
        return mine.keys() == theirs.keys() and all(values_meet(mine[k], theirs[k]) for k in mine)
    if isinstance(one, Fixed) and isinstance(other, Fixed):
        return same_value(one.value, other.value)
    if isinstance(one, Fixed) and isinstance(other, Searched):
        return holds(other.domain, one.value)
    if isinstance(one, Searched) and isinstance(other, Fixed):
        return holds(one.domain, other.value)
    if isinstance(one, Searched) and isinstance(other, Searched):
        return common(one.domain, other.domain) > 0
    return False


def holds(domain: Domain, value: Json) -> bool:
    """Whether a domain holds a value; numbers compare by value, whatever their type."""
    if isinstance(domain, ChoiceDomain):
        return any(same_value(option, value) for option in domain.options)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    if isinstance(domain, IntDomain):
        return float(value).is_integer() and int(value) in domain
    return value in domain


def common(one: Domain, other: Domain) -> float:
    """Return how many values two domains share; infinite where real intervals overlap."""
    if isinstance(one, ChoiceDomain):
        return sum(holds(other, option) for option in one.options)
    if isinstance(other, ChoiceDomain):
        return common(other, one)
    low, high = max(one.low, other.low), min(one.high, other.high)
    if low > high:
        return 0
    mine, theirs = _progression(one), _progression(other)
    if mine is None and theirs is None:
        return 1 if low == high else math.inf
    if mine is None or theirs is None:
        grid = mine or theirs
        assert grid is not None
        start, step, count = grid
        ends = (_exact(low), _exact(high))
        indexes = range(count)
        return bisect_right(indexes, ends[1], key=lambda i: start + i * step) - bisect_left(
            indexes, ends[0], key=lambda i: start + i * step
        )
    return _common_points(mine, theirs)


def _shared_classes(one: Value, other: Value, mentioned: list[Json]) -> Iterator[Json]:
    """Yield one shared value for each way in which conditions can tell shared values apart."""
    if isinstance(one, Choice) and isinstance(other, Choice):
        yield from {a.component for a in one.options for b in other.options if overlap(a, b)}
        return
    distinct: list[Json] = []
    for value in mentioned:
        if not any(same_value(value, d) for d in distinct):
            distinct.append(value)
    shared = [v for v in distinct if values_meet(Fixed(v), one) and values_meet(Fixed(v), other)]
    yield from shared
    if isinstance(one, Searched) and isinstance(other, Searched):
        if common(one.domain, other.domain) > len(shared):
            yield _OTHER
    elif not shared and values_meet(one, other):
        yield _OTHER


_OTHER: Json = "\0 a value that no condition names"


def _items(value: Value) -> dict[str, Value]:
    if isinstance(value, Record):
        return dict(value.items)
    if isinstance(value, Fixed) and isinstance(value.value, dict):
        return {name: Fixed(item) for name, item in value.value.items()}
    return {"\0 not a mapping": value}


def _exact(value: float) -> Fraction:
    """Return the decimal number that was written, not its binary neighbour."""
    return Fraction(str(value))


def _progression(domain: IntDomain | FloatDomain) -> tuple[Fraction, Fraction, int] | None:
    """Return start, step and count of a finite domain of numbers."""
    if isinstance(domain, IntDomain):
        return Fraction(domain.low), Fraction(domain.step), domain.size
    if domain.low == domain.high:
        return _exact(domain.low), Fraction(1), 1
    if domain.step is None:
        return None
    return _exact(domain.low), _exact(domain.step), int(domain.size)


def _common_points(
    one: tuple[Fraction, Fraction, int], other: tuple[Fraction, Fraction, int]
) -> int:
    """Return how many points two arithmetic progressions share (Chinese remainder theorem)."""
    scale = math.lcm(*(part.denominator for part in (*one[:2], *other[:2])))
    (a, s, n), (b, t, m) = (
        (int(start * scale), int(step * scale), count) for start, step, count in (one, other)
    )
    divisor = math.gcd(s, t)
    if (b - a) % divisor:
        return 0
    period = s // divisor * t
    # a + s*i = b (mod t): the first shared residue, then the window in which both run.
    i = (b - a) // divisor * pow(s // divisor, -1, t // divisor) if t != divisor else 0
    first = a + s * (i % (t // divisor))
    low, high = max(a, b), min(a + s * (n - 1), b + t * (m - 1))
    first += -((first - low) // period) * period if first < low else 0
    return 0 if first > high else (high - first) // period + 1
