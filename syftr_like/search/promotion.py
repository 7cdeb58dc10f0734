"""Which of several trials, measured on the same questions, deserve more of them."""

from __future__ import annotations

import heapq
import math
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from syftr_like.statistics.pareto import hypervolume, ranks

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from syftr_like.search.objective import Constraint
    from syftr_like.search.proposer import Feedback

    Floats = NDArray[np.float64]

REFERENCE = 1.1
"""Where the hypervolume begins in each scaled objective, whose worst value is 1.

Slightly beyond the worst, so that a trial that is the worst in one objective and the best in
another adds something; not far, so that such extremes do not come before all others.
"""

DIGITS = 12
"""Contributions that agree to so many digits are equal: a change of unit must decide nothing."""


def preference(
    feedbacks: Sequence[Feedback],
    constraints: Sequence[Constraint],
    *,
    chosen: AbstractSet[int] = frozenset(),
) -> list[int]:
    """Return the indices of the feedbacks that are not chosen yet, the best first.

    Those that keep all constraints come first, by non-dominated rank. Within a rank each next one
    is that which adds most hypervolume to those picked before it, chosen ones of the rank
    included: the sum of contributions that each makes alone would pick near twins and leave gaps.
    Each rank is weighed by itself, since beside the ranks below it no member adds anything.

    So that no unit dominates, an objective is measured from 0 at its best to 1 at its worst among
    the feasible; on a logarithmic scale where all values are positive, because a cost that
    spans orders of magnitude would else count by its most expensive trial alone. Over a narrow
    span the two scales agree.

    Those that break a constraint follow by their total violation, each as a part of its bound;
    with equal ones, ranks and contributions decide as among the feasible. Last come the indices.

    Args:
        feedbacks: Measured on the same questions, in the order of the trials.
        constraints: What their violations stand for.
        chosen: Indices that were decided on before.

    References:
        Deb et al.: A fast and elitist multiobjective genetic algorithm: NSGA-II. IEEE TEC 6,
        2002, for constraint-domination. Guerreiro, Fonseca, Paquete: Greedy hypervolume subset
        selection in low dimensions. Evolutionary Computation 24, 2016.
    """
    groups: dict[float, list[int]] = {}
    for index, feedback in enumerate(feedbacks):
        groups.setdefault(total_violation(feedback, constraints), []).append(index)
    return [
        i for _, members in sorted(groups.items()) for i in _ordered(feedbacks, members, chosen)
    ]


def total_violation(feedback: Feedback, constraints: Sequence[Constraint]) -> float:
    """Return by how much a feedback breaks its constraints, as parts of their bounds; 0 if not.

    A bound of 0 has no parts: its violation counts in its own unit.
    """
    return math.fsum(
        max(0.0, violation) / (abs(constraint.bound) or 1.0)
        for constraint, violation in zip(constraints, feedback.violations, strict=True)
    )


def _ordered(
    feedbacks: Sequence[Feedback], members: Sequence[int], chosen: AbstractSet[int]
) -> list[int]:
    """Return those members, of equal violation, that are not chosen, the best first."""
    import numpy as np

    losses = np.array([feedbacks[index].losses for index in members], dtype=np.float64)
    points = _scaled(losses)
    rank = ranks(losses)
    order: list[int] = []
    for r in range(int(rank.max()) + 1):
        rows: list[int] = np.flatnonzero(rank == r).tolist()
        old = [row for row in rows if members[row] in chosen]
        new = [row for row in rows if members[row] not in chosen]
        order += [members[new[i]] for i in _by_contribution(points[new], points[old])]
    return order


def _scaled(losses: Floats) -> Floats:
    """Return each column from 0 at its best to 1 at its worst; a constant column is 0."""
    import numpy as np

    positive = (losses > 0).all(axis=0)
    values = np.where(positive, np.log(np.where(positive, losses, 1.0)), losses)
    best = values.min(axis=0)
    span = values.max(axis=0) - best
    scaled: Floats = (values - best) / np.where(span > 0, span, 1.0)
    return scaled


def _by_contribution(points: Floats, base: Floats) -> list[int]:
    """Return the points' indices in greedy order: each adds most volume to what precedes it.

    What a point adds can only shrink as others are picked, so that a stale number is a bound, and
    only the one that leads needs to be computed again (lazy greedy).
    """
    import numpy as np

    if len(points) < 2:
        return list(range(len(points)))
    reference = np.full(points.shape[1], REFERENCE)
    picked = list(base)
    volume = hypervolume(base, reference) if len(base) else 0.0
    # (minus what it adds or a bound of that, index, after how many picks it was computed)
    queue = [(-math.inf, index, -1) for index in range(len(points))]
    heapq.heapify(queue)
    order: list[int] = []
    while queue:
        _, index, computed = heapq.heappop(queue)
        if computed == len(order):
            order.append(index)
            picked.append(points[index])
            volume = hypervolume(np.array(picked), reference)
            continue
        added = hypervolume(np.array([*picked, points[index]]), reference) - volume
        heapq.heappush(queue, (-round(added, DIGITS), index, len(order)))
    return order
