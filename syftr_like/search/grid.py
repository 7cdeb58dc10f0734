"""Every flow of a finite space, in a shuffled order."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syftr_like.errors import InputError

from .proposer import Candidate, Proposer
from .seeding import derived_rng

if TYPE_CHECKING:
    from syftr_like.search.objective import Constraint, Objective
    from syftr_like.space import Space

LISTABLE = 100_000
"""The most flows that are gone through; they are held in memory."""

_NAMED = 5


class GridProposer(Proposer):
    """Goes through the whole space, each flow once.

    When to use it: the space is small enough to be tried in full; then no cleverness can beat
    it, and the front is exact up to the noise of the questions. The order is a shuffle by the
    seed, so that a search cut short has seen a fair sample of the space and not its first
    corner.

    Raises:
        InputError: The space is infinite, or holds more than `LISTABLE` flows; the message
            names the parameters to be made coarser.
    """

    method = "grid"

    def __init__(
        self,
        space: Space,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        *,
        seed: int,
        reason: str = "",
    ) -> None:
        super().__init__(space, objectives, constraints, seed=seed, reason=reason)
        _check_size(space)
        self._order = [Candidate(p, space.decode(p).key) for p in space.enumerate()]
        derived_rng(seed, "grid").shuffle(self._order)
        self._next = 0

    def _propose(self, number: int) -> Candidate | None:
        # Everything before `_next` is seen, whoever proposed it: the pointer only saves time.
        while self._next < len(self._order):
            candidate = self._order[self._next]
            if candidate.key not in self._seen:
                return candidate
            self._next += 1
        return None


def _check_size(space: Space) -> None:
    cardinality = space.cardinality()
    if cardinality.count is None:
        names = ", ".join(cardinality.float_parameters)
        raise InputError(
            f"method 'grid' needs a finite space, and {space.source} holds {cardinality}",
            found=f"real numbers without a step: {names}",
            expected="a step for each of them, as in {float: [0.1, 0.9], step: 0.2}, "
            "or method 'tpe' or 'random'",
        )
    if cardinality.count > LISTABLE:
        raise InputError(
            f"method 'grid' goes through at most {LISTABLE:,} flows, "
            f"and {space.source} holds {cardinality}",
            found=f"the parameters with the most values: {_finest(space)}",
            expected="a coarser step or fewer options there, or method 'tpe' or 'random'",
        )


def _finest(space: Space) -> str:
    sized = sorted(
        ((int(d.domain.size), d.path) for d in space.decisions()), key=lambda pair: -pair[0]
    )
    return ", ".join(f"{path} ({size:,})" for size, path in sized[:_NAMED])
