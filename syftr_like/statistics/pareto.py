"""Fronts: what dominates what, ranks, hypervolume and the knee. Less is better everywhere.

Losses are arrays of shape (n, m): one row per member, one column per objective. A row dominates
another when it is no worse in any objective and better in one, so that equal rows do not dominate
each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray


def dominates(losses: ArrayLike, others: ArrayLike) -> bool:
    """Whether one row of losses dominates another."""
    import numpy as np

    a, b = np.asarray(losses, dtype=np.float64), np.asarray(others, dtype=np.float64)
    return bool((a <= b).all() and (a < b).any())


def non_dominated(losses: ArrayLike) -> NDArray[np.bool_]:
    """Return the mask, shape (n,), of the rows that no row dominates. Equal rows all stay.

    Raises:
        ValueError: Not a table, or a loss that is NaN.
    """
    import numpy as np

    table = _table(losses)
    # In lexicographic order a row can be dominated by earlier ones only, and by one of the front.
    order = np.lexsort(table.T[::-1]) if table.shape[1] else np.arange(len(table))
    mask = np.zeros(len(table), dtype=np.bool_)
    front = np.empty_like(table)
    size = 0
    for index in order:
        row = table[index]
        rivals = front[:size]
        if not ((rivals <= row).all(axis=1) & (rivals < row).any(axis=1)).any():
            mask[index] = True
            front[size] = row
            size += 1
    return mask


def ranks(losses: ArrayLike) -> NDArray[np.int_]:
    """Return each row's rank, shape (n,): 0 on the front, 1 on the front of the rest, and so on.

    Raises:
        ValueError: Not a table, or a loss that is NaN.

    References:
        Deb et al.: A fast and elitist multiobjective genetic algorithm: NSGA-II. IEEE TEC 6, 2002.
    """
    import numpy as np
    from pymoo.util.nds.non_dominated_sorting import NonDominatedSorting

    table = _table(losses)
    if not len(table):
        return np.zeros(0, dtype=np.int_)
    result = np.empty(len(table), dtype=np.int_)
    for rank, members in enumerate(NonDominatedSorting().do(table)):
        result[members] = rank
    return result


def hypervolume(losses: ArrayLike, reference: ArrayLike) -> float:
    """Return the volume that the rows dominate, up to a reference point.

    Rows that are not better than the reference in every objective add nothing.

    Args:
        losses: Shape (n, m).
        reference: Shape (m,), worse than whatever is to count.

    Raises:
        ValueError: Not a table, a loss that is NaN or infinite, or a reference of another length.

    References:
        Zitzler, Thiele: Multiobjective evolutionary algorithms: a comparative case study. IEEE
        TEC 3, 1999.
    """
    import numpy as np
    from pymoo.indicators.hv import HV

    table = _table(losses)
    corner = np.asarray(reference, dtype=np.float64)
    if corner.shape != (table.shape[1],) or not np.isfinite(corner).all():
        raise ValueError(f"the reference needs {table.shape[1]} finite numbers, not {corner}")
    if not np.isfinite(table).all():
        raise ValueError("a loss is infinite")
    inside = table[(table < corner).all(axis=1)]
    return float(HV(ref_point=corner)(inside)) if len(inside) else 0.0


def knee(losses: ArrayLike, log: Sequence[bool] | None = None) -> int:
    """Return the row where giving up a little of one objective buys the most of the others.

    Each objective is scaled to 0 at the front's best and 1 at its worst; the knee lies farthest
    below the plane through the points that have one objective at its worst and the others at
    their best, which is where the sum of the scaled losses is least. Ties go to the better row in
    the first objective, then in the next: so it is with two rows and two objectives.

    Args:
        losses: Shape (n, m), n >= 1, non-dominated rows.
        log: Which objectives are compared by ratio, not by difference: costs that span orders
            of magnitude. None for none.

    Raises:
        ValueError: Not a table, no row, a loss that is NaN or infinite, or one that is not
            positive where ratios are asked for.

    References:
        Das: On characterizing the "knee" of the Pareto curve based on normal-boundary
        intersection. Structural Optimization 18, 1999.
    """
    import numpy as np

    table = _table(losses)
    if not len(table) or not np.isfinite(table).all():
        raise ValueError("the knee needs at least one row of finite losses")
    scaled = table.copy()
    for column, by_ratio in enumerate(log or ()):
        if by_ratio:
            if (table[:, column] <= 0).any():
                raise ValueError(f"objective {column} has no ratios: a loss is not positive")
            scaled[:, column] = np.log(table[:, column])
    best = scaled.min(axis=0)
    span = scaled.max(axis=0) - best
    scaled = (scaled - best) / np.where(span > 0, span, 1.0)
    total = scaled.sum(axis=1).round(9)  # equal sums in exact numbers must tie
    return int(np.lexsort((*table.T[::-1], total))[0])


def _table(losses: ArrayLike) -> NDArray[np.float64]:
    import numpy as np

    table = np.asarray(losses, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"losses form a table of shape (n, m), not {table.shape}")
    if np.isnan(table).any():
        raise ValueError("a loss is not a number")
    return table
