"""Walks through a space that end at flows not proposed before."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from random import Random
from typing import TYPE_CHECKING, Protocol

from syftr_like.contracts.domains import ChoiceDomain, Domain
from syftr_like.space import ForbiddenCombination

from .explored import Explored, Trail, step
from .proposer import Candidate
from .quantiles import at_quantile

if TYPE_CHECKING:
    from syftr_like.search.proposer import Value
    from syftr_like.space import Space

MAX_WALKS = 10_000
"""Walks in a row that may end at something forbidden before a draw is given up."""

MAX_DEAD_NUMBERS = 100
"""Values of a real number that may turn out dead before all of them are taken to be."""


class Preference(Protocol):
    """Decides what it would like best, without having to know what was proposed already."""

    def __call__(self, path: str, domain: Domain, is_open: Callable[[Value], bool]) -> Value:
        """Return a value of the domain; one that is not open will be replaced."""
        ...


def uniform(rng: Random) -> Preference:
    """Return a preference that draws every decision uniformly."""

    def prefer(path: str, domain: Domain, is_open: Callable[[Value], bool]) -> Value:
        return at_quantile(domain, rng.random())

    return prefer


class _DeadEndError(Exception):
    """No value of a decision leads to anything new."""


class _ClosedError(Exception):
    """The preferred value leads to nothing new."""


class UnseenWalks:
    """Draws configurations that were not proposed, as long as there are any.

    A value that leads to nothing new, because everything behind it was proposed or is forbidden,
    is replaced by one that does: an option by any other, a number by the nearest.
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self.explored = Explored(space)

    def observe(self, params: Mapping[str, Value]) -> None:
        """Note a configuration as proposed."""
        self.explored.add(params)

    def draw(self, prefer: Preference, rng: Random, seen: AbstractSet[str]) -> Candidate | None:
        """Return an unseen configuration as close to the preference as possible.

        Args:
            prefer: What is wanted.
            rng: Decides about replacements.
            seen: Keys of the flows proposed.

        Returns:
            None when nothing is left. In an infinite space also when `MAX_WALKS` walks in a row
            met something forbidden.
        """
        if self.explored.closed(()):
            return None
        dead = _DeadTrails()
        for _ in range(MAX_WALKS):
            walk = _Walk(self.explored, dead, prefer, rng)
            try:
                candidate = _candidate(self._space, self._space.walk(walk.choose))
            except (ForbiddenCombination, _DeadEndError):
                if not walk.trail:
                    break
            else:
                if candidate.key not in seen:
                    return candidate
            dead.add(walk.trail)
        return self._first_unseen(seen)

    def draw_exactly(
        self, prefer: Callable[[str, Domain], Value], seen: AbstractSet[str]
    ) -> Candidate | None:
        """Return what is preferred, or None when that was proposed before or is forbidden."""
        trail: Trail = ()

        def choose(path: str, domain: Domain) -> Value:
            nonlocal trail
            value = prefer(path, domain)
            trail = (*trail, step(path, value))
            if self.explored.closed(trail):
                raise _ClosedError
            return value

        try:
            candidate = _candidate(self._space, self._space.walk(choose))
        except (ForbiddenCombination, _ClosedError):
            return None
        return None if candidate.key in seen else candidate

    def _first_unseen(self, seen: AbstractSet[str]) -> Candidate | None:
        if self._space.cardinality().count is None:
            return None
        flows = (_candidate(self._space, params) for params in self._space.enumerate())
        return next((flow for flow in flows if flow.key not in seen), None)


class _DeadTrails:
    """Trails found dead in one draw: forbidden, or with nothing new behind them."""

    def __init__(self) -> None:
        self._trails: set[Trail] = set()
        self._continuations: Counter[Trail] = Counter()

    def add(self, trail: Trail) -> None:
        self._trails.add(trail)
        self._continuations[trail[:-1]] += 1

    def continuations(self, trail: Trail) -> int:
        return self._continuations[trail]

    def __contains__(self, trail: Trail) -> bool:
        return trail in self._trails


class _Walk:
    """A walk that keeps out of closed trails, and out of those found dead in this draw."""

    def __init__(
        self, explored: Explored, dead: _DeadTrails, prefer: Preference, rng: Random
    ) -> None:
        self._explored = explored
        self._dead = dead
        self._prefer = prefer
        self._rng = rng
        self.trail: Trail = ()

    def choose(self, path: str, domain: Domain) -> Value:
        def is_open(value: Value) -> bool:
            ahead = (*self.trail, step(path, value))
            return ahead not in self._dead and not self._explored.closed(ahead)

        value = self._prefer(path, domain, is_open)
        if not is_open(value):
            value = self._replacement(domain, value, is_open)
        self.trail = (*self.trail, step(path, value))
        return value

    def _replacement(self, domain: Domain, value: Value, is_open: Callable[[Value], bool]) -> Value:
        if domain.size == math.inf:
            # Where many values are dead, it is not this decision that matters. At the very
            # beginning there is no other.
            if self.trail and self._dead.continuations(self.trail) >= MAX_DEAD_NUMBERS:
                raise _DeadEndError
            return at_quantile(domain, self._rng.random())
        options: Sequence[Value] = domain.values()
        if isinstance(domain, ChoiceDomain):
            left = [option for option in options if is_open(option)]
            if not left:
                raise _DeadEndError
            return self._rng.choice(left)
        position = options.index(value)
        near = sorted(range(len(options)), key=lambda i: (abs(i - position), self._rng.random()))
        for i in near:
            if is_open(options[i]):
                return options[i]
        raise _DeadEndError


def _candidate(space: Space, params: dict[str, Value]) -> Candidate:
    return Candidate(params, space.decode(params).key)
