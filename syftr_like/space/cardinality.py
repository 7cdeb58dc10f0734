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

import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TypeAlias

from syftr_like.contracts import FloatDomain, Json

from .partition import groups, representatives
from .rules import Rule, Rules
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
    count = _Count(tree, rules)
    discrete = count.total()
    occurring = count.occurring_reals()
    real = tuple(path for path, _ in tree.decisions() if path in occurring)
    return Cardinality(None if real else discrete, discrete, real)


def idle_rules(tree: Tree, rules: Sequence[Rule]) -> list[int]:
    """Return the indexes of the rules that no flow matches."""
    everything = _Count(tree, Rules()).total()
    return [
        i
        for i, rule in enumerate(rules)
        if _Count(tree, Rules((rule,)), lenient=False).total() == everything
    ]


@dataclass(frozen=True, slots=True)
class _Way:
    """Ways to fill a slot that nothing tells apart.

    Slots that are needed then, conditions that may be met, real numbers decided, how many ways.
    """

    needs: frozenset[str]
    possible: Possible
    reals: frozenset[str]
    count: int


@dataclass(frozen=True, slots=True)
class _Outcome:
    """Values of a parameter that nothing tells apart.

    The index of the value in a condition that they equal (-1 for none), conditions that may be
    met, real numbers decided, how many values.
    """

    told: int
    possible: Possible
    reals: frozenset[str]
    count: int


_NO_WAY = _Way(frozenset(), _NOTHING, frozenset(), 1)
_State: TypeAlias = tuple[frozenset[str], Possible]
_Profile: TypeAlias = dict[tuple[Possible, frozenset[str]], int]


class _Count:
    """One count.

    Args:
        tree: The space.
        rules: What is forbidden.
        lenient: How a real number meets a condition: as little as any of its values does, or
            as much.
    """

    def __init__(self, tree: Tree, rules: Rules, *, lenient: bool = True) -> None:
        self._slots = tree.slots
        self._names = frozenset(slot.name for slot in tree.slots)
        self._by_path = rules.by_path
        self._lenient = lenient
        self._paths = [frozenset(c.path for c in rule.conditions) for rule in rules.rules]
        self._ways = [list(self._ways_of(slot)) for slot in tree.slots]
        self._settled: list[frozenset[str]] = []
        settled: frozenset[str] = frozenset()
        for slot in tree.slots:
            settled |= _paths_of(slot)
            self._settled.append(settled)
        # Layer i holds, for each state before slot i, in how many ways it is reached.
        self._layers: list[dict[_State, int]] = [{(frozenset({tree.output}), _NOTHING): 1}]
        for position in range(len(tree.slots)):
            following: dict[_State, int] = {}
            for state, count in self._layers[position].items():
                for way, after in self._steps(position, state):
                    following[after] = following.get(after, 0) + count * way.count
            self._layers.append(following)

    def total(self) -> int:
        """Return the number of combinations."""
        return sum(self._layers[-1].values())

    def occurring_reals(self) -> set[str]:
        """Return the paths of the real numbers that are decided in some allowed flow."""
        found: set[str] = set()
        alive = set(self._layers[-1])
        for position in reversed(range(len(self._slots))):
            before: set[_State] = set()
            for state in self._layers[position]:
                for way, after in self._steps(position, state):
                    if after in alive:
                        before.add(state)
                        found |= way.reals
            alive = before
        return found

    def _steps(self, position: int, state: _State) -> Iterator[tuple[_Way, _State]]:
        """Yield the allowed ways to fill a slot in a state, and the state after it."""
        needed, possible = state
        name = self._slots[position].name
        left = needed - {name}
        for way in self._ways[position] if name in needed else [_NO_WAY]:
            allowed = self._settle(_join(possible, way.possible), position)
            if allowed:
                yield way, (left | way.needs, allowed)

    def _ways_of(self, slot: Slot) -> Iterator[_Way]:
        for option in slot.options:
            decided = len(slot.options) > 1
            met = self._met(slot.name, option.name) if decided else _NOTHING
            needs = frozenset(target for target in option.needs if target in self._names)
            inside: _Profile = {(_NOTHING, frozenset()): 1}
            if option.component is not None:
                inside = self._component(option.component)
            for (possible, reals), count in inside.items():
                yield _Way(needs, _join(met, possible), reals, count)

    def _component(self, option: ComponentOption) -> _Profile:
        controllers = option.controllers
        conditions = [
            value
            for parameter in option.parameters
            for _, allowed in parameter.when
            for value in allowed
        ]
        start = ((), _NOTHING, frozenset[str]())
        states: dict[tuple[tuple[tuple[str, int], ...], Possible, frozenset[str]], int] = {start: 1}
        for parameter in option.parameters:
            outcomes = list(self._outcomes(parameter.value, conditions))
            following: dict[tuple[tuple[tuple[str, int], ...], Possible, frozenset[str]], int] = {}
            for key, count in states.items():
                siblings, possible, reals = key
                if not _exists(parameter, dict(siblings), conditions):
                    following[key] = following.get(key, 0) + count
                    continue
                for outcome in outcomes:
                    known = parameter.name in controllers
                    chosen = (*siblings, (parameter.name, outcome.told)) if known else siblings
                    after = (chosen, _join(possible, outcome.possible), reals | outcome.reals)
                    following[after] = following.get(after, 0) + count * outcome.count
            states = following
        totals: _Profile = {}
        for (_, possible, reals), count in states.items():
            totals[possible, reals] = totals.get((possible, reals), 0) + count
        return totals

    def _outcomes(self, value: Value, conditions: Sequence[Json]) -> Iterator[_Outcome]:
        if isinstance(value, Fixed):
            yield _Outcome(_told(value.value, conditions), _NOTHING, frozenset(), 1)
        elif isinstance(value, Searched):
            yield from self._searched(value, conditions)
        elif isinstance(value, Choice):
            for option in value.options:
                decided = len(value.options) > 1
                met = self._met(value.path, option.name) if decided else _NOTHING
                told = _told(option.component, conditions)
                for (possible, reals), count in self._component(option).items():
                    yield _Outcome(told, _join(met, possible), reals, count)
        else:
            yield from self._record(value)

    def _record(self, value: Record) -> Iterator[_Outcome]:
        totals: _Profile = {(_NOTHING, frozenset()): 1}
        for _, item in value.items:
            following: _Profile = {}
            for (possible, reals), count in totals.items():
                for outcome in self._outcomes(item, ()):
                    key = (_join(possible, outcome.possible), reals | outcome.reals)
                    following[key] = following.get(key, 0) + count * outcome.count
            totals = following
        for (possible, reals), count in totals.items():
            yield _Outcome(-1, possible, reals, count)

    def _searched(self, value: Searched, conditions: Sequence[Json]) -> Iterator[_Outcome]:
        domain = value.domain
        on_path = [condition for _, condition in self._by_path.get(value.path, ())]
        if isinstance(domain, FloatDomain) and domain.size == math.inf:
            sets = [self._met(value.path, v) for v in representatives(domain, on_path)]
            possible = self._extreme(met for each in sets for met in each)
            yield _Outcome(-1, possible, frozenset({value.path}), 1)
            return
        for representative, count in groups(domain, on_path, conditions):
            met = self._met(value.path, representative)
            yield _Outcome(_told(representative, conditions), met, frozenset(), count)

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

    def _settle(self, possible: Possible, position: int) -> Possible:
        """Drop what is forbidden, and what no longer matters, once a slot is filled."""
        if possible == _NOTHING:
            return possible
        settled = self._settled[position]
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


def _paths_of(slot: Slot) -> frozenset[str]:
    return frozenset(path for path, _ in Tree((slot,), slot.name).decisions())
