"""The reference directions of NSGA-III."""

from __future__ import annotations

from math import comb
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt

_INNER_SCALE = 0.5


def partitions(objectives: int, room: int) -> tuple[int, int]:
    """Return how finely the outer and the inner layer of directions divide each objective.

    The finest lattice that has room. One with fewer partitions than objectives lies wholly on
    the border of the simplex: it gets an inner layer, and the outer one leaves room for it. Where
    there is room for nothing, both are 1. The inner layer is 0 where there is none.

    Args:
        objectives: At least 1.
        room: How many directions there may be.
    """
    if objectives == 1:
        return 1, 0
    outer = 1
    while lattice_size(objectives, outer + 1) <= room:
        outer += 1
    if outer >= objectives:
        return outer, 0
    while outer > 1 and lattice_size(objectives, outer) + objectives > room:
        outer -= 1
    inner = 1
    while (
        inner < outer
        and lattice_size(objectives, outer) + lattice_size(objectives, inner + 1) <= room
    ):
        inner += 1
    return outer, inner


def lattice_size(objectives: int, partitions: int) -> int:
    """Return the number of directions of a layer."""
    return comb(objectives + partitions - 1, partitions)


def reference_directions(objectives: int, room: int) -> npt.NDArray[np.float64]:
    """Return directions spread evenly over the simplex, shape (directions, objectives).

    Not more than `room`, but at least two per objective, or one where there is one objective.

    References:
        Das and Dennis, "Normal-boundary intersection", 1998, for the lattice. Deb and Jain, "An
        evolutionary many-objective optimization algorithm using reference-point-based
        nondominated sorting approach, part I", 2014, for the two layers.
    """
    import numpy as np
    from pymoo.util.reference_direction import UniformReferenceDirectionFactory

    outer, inner = partitions(objectives, room)
    layers = [UniformReferenceDirectionFactory(objectives, n_partitions=outer).do()]
    if inner:
        layers.append(
            UniformReferenceDirectionFactory(
                objectives, n_partitions=inner, scaling=_INNER_SCALE
            ).do()
        )
    return np.concatenate(layers)
