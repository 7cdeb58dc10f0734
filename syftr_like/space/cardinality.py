"""How many flows a space holds, counted exactly without listing them.

The slots are gone through in the order in which they are decided. What the rest of the count
depends on is small: which slots are needed so far, and how far each `forbid` rule is met. So it is
enough to keep one number for each such state (dynamic programming over reachability), and within
a component one for each combination of the values on which the existence of others depends.

Real numbers without a step are counted once: a combination of all other decisions counts if some
values of the real ones are allowed. So a state keeps, for rules, a *set* of possibilities, of which
only the most lenient matter: those that no other possibility is a subset of.
"""

from __future__ import annotations

import itertools
import math
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from syftr_like.contracts import ChoiceDomain, Domain, FloatDomain, IntDomain, Json

from .rules import Condition, Rules
from .tree import (
    Choice,
    ComponentOption,
    Fixed,
    Parameter,
    Record,
    Scalar,
    Searched,
    Slot,
    Tree,
    Value,
    same_value,
)

Met: TypeAlias = frozenset[tuple[int, str]]
"""Conditions that hold so far: number of the rule, and path."""

Possible: TypeAlias = frozenset[Met]
"""What may be met, depending on the real numbers; minimal sets only."""

_NOTHING: Possible = frozenset({frozenset()})
_EXACT_DIGITS = 15


@dataclass(frozen=True, slots=True)
class Cardinality:
    """The size of a space.

    Attributes:
        count: Number of distinct flows, None when infinite.
        discrete: The same with every real number without a step counted once.
        float_parameters: Paths of the real numbers without a step in allowed flows.
    """

    count: int | None
    discrete: int
    float_parameters: tuple[str, ...] = ()

    def __str__(self) -> str:
        if self.count is not None:
            return f"{_number(self.count)} flow{'' if self.count == 1 else 's'}"
        real = len(self.float_parameters)
        return (
            f"infinitely many flows ({_number(self.discrete)} without counting {real} real-valued"
            f" parameter{'' if real == 1 else 's'})"
        )


def _number(count: int) -> str:
    return f"{count:,}" if len(str(count)) <= _EXACT_DIGITS else f"about {Decimal(count):.3g}"


def count_flows(tree: Tree, rules: Rules) -> Cardinality:
    """Count the distinct flows of a space, `forbid` honoured."""
    discrete = _Count(tree, rules).total()
    real = tuple(
        path
        for path, domain in tree.decisions()
        if isinstance(domain, FloatDomain)
        and domain.size == math.inf
        and _Count(tree, rules, without=path).total() < discrete
    )
    return Cardinality(None if real else discrete, discrete, real)


def can_match(tree: Tree, rules: Rules) -> bool:
    """Whether some flow matches one of the rules."""
    return _Count(tree, rules, lenient=False).total() < _Count(tree, Rules()).total()


class _Count:
    """One count.

    Args:
        tree: The space.
        rules: What is forbidden.
        without: Path of a decision; flows in which it is asked are not counted.
        lenient: How a real number meets a condition: as little as any of its values does, or
            as much.
    """

    def __init__(
        self, tree: Tree, rules: Rules, *, without: str | None = None, lenient: bool = True
    ) -> None:
        self._tree = tree
        self._by_path = rules.by_path
        self._without = without
        self._lenient = lenient
        self._paths = [frozenset(c.path for c in rule.conditions) for rule in rules.rules]

    def total(self) -> int:
        """Return the number of combinations."""
        states: dict[tuple[frozenset[str], Possible], int] = {
            (frozenset({self._tree.output}), _NOTHING): 1
        }
        settled: set[str] = set()
        for slot in self._tree.slots:
            ways = list(self._ways(slot))
            settled |= _paths_of(slot)
            following: dict[tuple[frozenset[str], Possible], int] = {}
            for (needed, possible), count in states.items():
                taken = ways if slot.name in needed else [(frozenset(), _NOTHING, 1)]
                for needs, met, ways_count in taken:
                    allowed = self._settle(_join(possible, met), settled)
                    if allowed:
                        state = ((needed - {slot.name}) | needs, allowed)
                        following[state] = following.get(state, 0) + count * ways_count
            states = following
        return sum(states.values())

    def _ways(self, slot: Slot) -> Iterator[tuple[frozenset[str], Possible, int]]:
        """Yield the ways to fill a slot: slots needed then, conditions met, how many ways."""
        slots = {s.name for s in self._tree.slots}
        for option in slot.options:
            decided = len(slot.options) > 1
            met = self._met(slot.name, option.name) if decided else _NOTHING
            needs = frozenset(target for target in option.needs if target in slots)
            inside = self._component(option.component) if option.component else {_NOTHING: 1}
            for possible, count in inside.items():
                yield needs, _join(met, possible), count

    def _component(self, option: ComponentOption) -> dict[Possible, int]:
        controllers = option.controllers
        conditions = [
            value
            for parameter in option.parameters
            for _, allowed in parameter.when
            for value in allowed
        ]
        states: dict[tuple[tuple[tuple[str, int], ...], Possible], int] = {((), _NOTHING): 1}
        for parameter in option.parameters:
            outcomes = list(self._outcomes(parameter.value, conditions))
            following: dict[tuple[tuple[tuple[str, int], ...], Possible], int] = {}
            for (siblings, possible), count in states.items():
                if not _exists(parameter, dict(siblings), conditions):
                    key = (siblings, possible)
                    following[key] = following.get(key, 0) + count
                    continue
                for told, met, ways in outcomes:
                    known = parameter.name in controllers
                    chosen = (*siblings, (parameter.name, told)) if known else siblings
                    key = (chosen, _join(possible, met))
                    following[key] = following.get(key, 0) + count * ways
            states = following
        totals: dict[Possible, int] = {}
        for (_, possible), count in states.items():
            totals[possible] = totals.get(possible, 0) + count
        return totals

    def _outcomes(
        self, value: Value, conditions: Sequence[Json]
    ) -> Iterator[tuple[int, Possible, int]]:
        """Yield groups of values that nothing tells apart.

        Each with the index of the condition's value that it equals (-1 for none), the conditions
        of rules that it meets, and how many values it holds.
        """
        if isinstance(value, Fixed):
            yield _told(value.value, conditions), _NOTHING, 1
        elif isinstance(value, Searched):
            yield from self._searched(value, conditions)
        elif isinstance(value, Choice):
            for option in value.options:
                decided = len(value.options) > 1
                met = self._met(value.path, option.name) if decided else _NOTHING
                for possible, count in self._component(option).items():
                    told = _told(option.component, conditions)
                    yield told, _join(met, possible), count
        else:
            yield from self._record(value)

    def _record(self, value: Record) -> Iterator[tuple[int, Possible, int]]:
        totals: dict[Possible, int] = {_NOTHING: 1}
        for _, item in value.items:
            following: dict[Possible, int] = {}
            for possible, count in totals.items():
                for _, met, ways in self._outcomes(item, ()):
                    key = _join(possible, met)
                    following[key] = following.get(key, 0) + count * ways
            totals = following
        for possible, count in totals.items():
            yield -1, possible, count

    def _searched(
        self, value: Searched, conditions: Sequence[Json]
    ) -> Iterator[tuple[int, Possible, int]]:
        if value.path == self._without:
            return
        domain = value.domain
        on_path = [condition for _, condition in self._by_path.get(value.path, ())]
        if isinstance(domain, FloatDomain) and domain.size == math.inf:
            sets = [self._met(value.path, v) for v in _representatives(domain, on_path)]
            yield -1, self._extreme(met for possible in sets for met in possible), 1
            return
        for representative, count in _groups(domain, on_path, conditions):
            met = self._met(value.path, representative)
            yield _told(representative, conditions), met, count

    def _met(self, path: str, value: Scalar) -> Possible:
        return frozenset(
            {
                frozenset(
                    (number, path)
                    for number, condition in self._by_path.get(path, ())
                    if condition.holds(value)
                )
            }
        )

    def _extreme(self, sets: Iterable[Met]) -> Possible:
        distinct = set(sets)
        return _minimal(distinct) if self._lenient else frozenset(distinct)

    def _settle(self, possible: Possible, settled: set[str]) -> Possible:
        """Drop what is forbidden, and what no longer matters, now that some paths are settled."""
        kept: set[Met] = set()
        for met in possible:
            by_rule: dict[int, set[str]] = {}
            for number, path in met:
                by_rule.setdefault(number, set()).add(path)
            if any(self._paths[number] == paths for number, paths in by_rule.items()):
                if not self._lenient:
                    return frozenset()
                continue
            open_rules = {
                number
                for number, paths in by_rule.items()
                if self._paths[number] & settled == paths
            }
            kept.add(frozenset((n, path) for n, path in met if n in open_rules))
        return self._extreme(kept)


def _exists(parameter: Parameter, siblings: Mapping[str, int], conditions: Sequence[Json]) -> bool:
    return all(
        name in siblings
        and siblings[name] >= 0
        and any(same_value(conditions[siblings[name]], value) for value in allowed)
        for name, allowed in parameter.when
    )


def _told(value: Json, conditions: Sequence[Json]) -> int:
    return next((i for i, wanted in enumerate(conditions) if same_value(value, wanted)), -1)


def _join(one: Possible, other: Possible) -> Possible:
    if one == _NOTHING:
        return other
    if other == _NOTHING:
        return one
    return frozenset(a | b for a in one for b in other)


def _minimal(sets: set[Met]) -> Possible:
    return frozenset(s for s in sets if not any(other < s for other in sets))


def _paths_of(slot: Slot) -> set[str]:
    return {path for path, _ in Tree((slot,), slot.name).decisions()}


def _groups(
    domain: Domain, on_path: Sequence[Condition], conditions: Sequence[Json]
) -> Iterator[tuple[Scalar, int]]:
    """Cut a finite domain where something changes; yield a value of each piece and its size."""
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

    named: list[object] = [*conditions, *(v for c in on_path for v in c.values or ())]
    numbers = [v for v in named if isinstance(v, int | float) and not isinstance(v, bool)]
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
    for first, last in itertools.pairwise(ends):
        yield value_at(first), last - first


def _representatives(domain: FloatDomain, on_path: Sequence[Condition]) -> list[float]:
    """Return the points and the pieces between them at which a condition on a real changes."""
    named = [v for c in on_path for v in (*(c.values or ()), c.low, c.high)]
    points = {domain.low, domain.high}
    points.update(float(v) for v in named if isinstance(v, int | float) and v in domain)
    ordered = sorted(points)
    between = [(a + b) / 2 for a, b in itertools.pairwise(ordered)]
    return [*ordered, *between]
