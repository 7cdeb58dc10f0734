"""The search methods by name."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Literal, TypeAlias

from .auto import choose_method
from .proposer import Proposer

if TYPE_CHECKING:
    from syftr_like.search.objective import Constraint, Objective
    from syftr_like.space import Space

Method: TypeAlias = Literal["auto", "tpe", "nsga2", "nsga3", "random", "grid"]

METHODS: Mapping[Method, str] = {
    "auto": "grid when the whole space fits into the number of trials, else tpe",
    "tpe": "learn from the trials so far where good flows are (Optuna's multi-objective TPE)",
    "nsga2": "breed from the best trials so far (pymoo's NSGA-II); quick to propose",
    "nsga3": "the same, for three or more objectives (pymoo's NSGA-III)",
    "random": "draw every decision uniformly; the baseline",
    "grid": "every flow of a finite space once, in shuffled order",
}
"""What `search.method` may be, each with a line for help texts."""


def make_proposer(
    method: Method,
    space: Space,
    objectives: Sequence[Objective],
    constraints: Sequence[Constraint] = (),
    *,
    trials: int,
    seed: int,
) -> Proposer:
    """Return a proposer; its `method` and `reason` say what `auto` chose and why.

    Args:
        method: A key of `METHODS`.
        space: What to choose from.
        objectives: At least one.
        constraints: Any number.
        trials: How many proposals the search plans for in all, restored ones included.
        seed: Any whole number.

    Raises:
        InputError: The method cannot search this space.
    """
    # Imported when needed: the names of the methods are wanted long before a search.
    from .grid import GridProposer
    from .nsga import NSGA2Proposer, NSGA3Proposer
    from .random import RandomProposer
    from .tpe import TPEProposer

    reason = ""
    if method == "auto":
        choice = choose_method(space, trials)
        method, reason = choice.method, choice.reason
    if method == "tpe":
        return TPEProposer(space, objectives, constraints, trials=trials, seed=seed, reason=reason)
    if method in ("nsga2", "nsga3"):
        nsga = NSGA2Proposer if method == "nsga2" else NSGA3Proposer
        return nsga(space, objectives, constraints, trials=trials, seed=seed, reason=reason)
    kind = GridProposer if method == "grid" else RandomProposer
    return kind(space, objectives, constraints, seed=seed, reason=reason)
