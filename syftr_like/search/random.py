"""Uniform random search."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .proposer import Candidate, Proposer
from .seeding import derived_rng
from .unseen import UnseenWalks, uniform

if TYPE_CHECKING:
    from syftr_like.search.objective import Constraint, Objective
    from syftr_like.space import Space


class RandomProposer(Proposer):
    """Draws every decision uniformly, in the logarithm where its domain says so.

    A value behind which everything was proposed already is replaced by one that still leads to
    something new, so that the draws go on evenly until the last flow of a finite space.

    When to use it: as the baseline that any other method has to beat, and where so many trials
    run at once that there is nothing to learn from in between. Feedback makes no difference.
    """

    method = "random"

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
        self._walks = UnseenWalks(space)

    def _on_proposal(self, number: int) -> None:
        self._walks.observe(self._history.records[number].params)

    def _propose(self, number: int) -> Candidate | None:
        rng = derived_rng(self.seed, "random", number)
        return self._walks.draw(uniform(rng), rng, self._seen)
