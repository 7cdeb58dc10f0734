"""Choosing the method for a search."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from syftr_like.space import Space


@dataclass(frozen=True, slots=True)
class MethodChoice:
    """A method and why it was chosen, in words."""

    method: Literal["grid", "tpe"]
    reason: str


def choose_method(space: Space, trials: int) -> MethodChoice:
    """Return the method for a space and a number of trials.

    Grid when every flow gets its trial, since no method finds more than all; TPE otherwise.
    """
    cardinality = space.cardinality()
    if cardinality.count is not None and cardinality.count <= trials:
        return MethodChoice(
            "grid",
            f"grid, because all of the space ({cardinality}) fits into {_counted(trials)}",
        )
    return MethodChoice(
        "tpe",
        f"TPE, because the space holds {cardinality}, more than {_counted(trials)} can try",
    )


def _counted(trials: int) -> str:
    return "1 trial" if trials == 1 else f"{trials:,} trials"
