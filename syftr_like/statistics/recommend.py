"""Which members of a front to take: the knee, the best, the cheapest that is nearly as good."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from syftr_like.contracts.evaluator import Direction

from .pareto import knee

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

RATIO_SPAN = 10.0
"""A minimised objective whose values span more than this is compared by ratio at the knee."""


def recommend(
    ids: Sequence[str],
    values: Sequence[Sequence[float]],
    directions: Sequence[Direction],
    *,
    within: float = 0.05,
    relative: bool = False,
) -> dict[str, str | None]:
    """Return the recommended members of a front.

    `knee` is the member where giving up a little of one objective buys the most of the others
    (`pareto.knee`); `best` the best by the first objective, ties broken by the next ones;
    `cheapest_within` the best by the first minimised objective after the first one, among those
    whose first objective is worse than the best by `within` at most; None without such an
    objective. All are None when the front is empty.

    Args:
        ids: The members.
        values: One row per member: its value of each objective, as measured.
        directions: Of the objectives, the most important first.
        within: Loss of the first objective that is accepted for a lower cost, in its own unit.
        relative: Take `within` as a share of the best value instead: for objectives that are
            not shares themselves.

    Raises:
        ValueError: Rows and directions do not fit, or a value is not finite.
    """
    import numpy as np

    if not ids:
        return {"knee": None, "best": None, "cheapest_within": None}
    signs = np.array([-1.0 if d is Direction.MAXIMIZE else 1.0 for d in directions])
    table = np.asarray(values, dtype=np.float64)
    if table.shape != (len(ids), len(signs)) or not np.isfinite(table).all():
        raise ValueError(f"expected {len(ids)} rows of {len(signs)} finite values")
    losses = table * signs
    return {
        "knee": ids[knee(losses, log=[_by_ratio(column) for column in losses.T])],
        "best": ids[_first(losses, range(len(signs)))],
        "cheapest_within": _cheapest_within(ids, losses, directions, within, relative),
    }


def _cheapest_within(
    ids: Sequence[str],
    losses: NDArray[np.float64],
    directions: Sequence[Direction],
    within: float,
    relative: bool,
) -> str | None:
    import numpy as np

    costs = [i for i, d in enumerate(directions) if i > 0 and d is Direction.MINIMIZE]
    if not costs:
        return None
    first = losses[:, 0]
    accepted = within * abs(first.min()) if relative else within
    # A loss of exactly `within` is within, whatever binary fractions make of it.
    near = np.flatnonzero(first <= first.min() + accepted + 1e-9 * max(1.0, abs(first.min())))
    others = [i for i in range(len(directions)) if i != costs[0]]
    return ids[int(near[_first(losses[near], [costs[0], *others])])]


def _first(losses: NDArray[np.float64], columns: Sequence[int]) -> int:
    """Return the row that comes first when sorted by the columns in turn."""
    import numpy as np

    return int(np.lexsort([losses[:, column] for column in reversed(columns)])[0])


def _by_ratio(losses: NDArray[np.float64]) -> bool:
    return bool(losses.min() > 0 and losses.max() > RATIO_SPAN * losses.min())
