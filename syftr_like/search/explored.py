"""What part of a space was proposed already, as a tree of decisions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias

from syftr_like.contracts.domains import ChoiceDomain, Domain

if TYPE_CHECKING:
    from syftr_like.search.proposer import Value
    from syftr_like.space import Space

Step: TypeAlias = "tuple[str, type, Value]"
"""A decision made: path, type and value (the type tells True from 1)."""

Trail: TypeAlias = tuple[Step, ...]
"""The first decisions of a walk through a space, in order."""


def step(path: str, value: Value) -> Step:
    """Return a decision made."""
    return (path, type(value), value)


class Explored:
    """Knows which beginnings of a walk lead to nothing new.

    A trail is *closed* when every configuration that begins with it was proposed: the trail of a
    proposed configuration is, and so is any trail of which every continuation is closed. So a
    walk that never enters a closed trail ends at a configuration that was not proposed.
    """

    def __init__(self, space: Space) -> None:
        self._space = space
        self._closed: set[Trail] = set()
        self._closed_continuations: Counter[Trail] = Counter()
        self._walks: list[list[tuple[Step, Domain]]] = []
        self._choices: set[str] = set()

    def add(self, params: Mapping[str, Value]) -> None:
        """Note an allowed configuration as proposed."""
        walked: list[tuple[Step, Domain]] = []

        def note(path: str, domain: Domain) -> Value:
            walked.append((step(path, params[path]), domain))
            if isinstance(domain, ChoiceDomain):
                self._choices.add(path)
            return params[path]

        self._space.walk(note)
        self._walks.append(walked)
        self._close(tuple(s for s, _ in walked), [domain.size for _, domain in walked])

    def closed(self, trail: Trail) -> bool:
        """Whether every configuration that begins with the trail was proposed."""
        return trail in self._closed

    def spent_options(self) -> set[Step]:
        """Return the options that led to nothing new wherever a proposal met their choice.

        For example an option with nothing below it to decide, in a choice that every other
        decision hangs on: once proposed, it is spent.
        """
        spent = {trail[-1] for trail in self._closed if trail and trail[-1][0] in self._choices}
        for walked in self._walks:
            if not spent:
                break
            trail: Trail = ()
            for taken, domain in walked:
                if isinstance(domain, ChoiceDomain):
                    for option in domain.options:
                        here = step(taken[0], option)
                        if here in spent and (*trail, here) not in self._closed:
                            spent.discard(here)
                trail = (*trail, taken)
        return spent

    def _close(self, trail: Trail, sizes: Sequence[float]) -> None:
        for length in range(len(trail), -1, -1):
            begin = trail[:length]
            if begin in self._closed:
                return
            self._closed.add(begin)
            if length == 0:
                return
            parent = trail[: length - 1]
            self._closed_continuations[parent] += 1
            if self._closed_continuations[parent] < sizes[length - 1]:
                return
