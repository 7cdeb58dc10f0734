"""Which earlier trials a model of a long search rests on."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from syftr_like.search.proposer import Feedback, Record

_BLOCK = 256


def thinned(records: Sequence[Record], cap: int) -> list[int]:
    """Return the positions of at most `cap` records, those that say most about good flows.

    Kept are the pending ones, which new proposals must keep clear of; then up to half of the cap
    of the best: feasible ones by how many feasible ones dominate them (Fonseca and Fleming's
    rank, 1993), then infeasible ones by how much they break constraints, the newer first among
    equals; then some of the rest, evenly spread over the search. A function of the records only.

    Args:
        records: In the order proposed.
        cap: How many may stay.

    Returns:
        Positions, ascending.
    """
    if len(records) <= cap:
        return list(range(len(records)))
    pending = [i for i, record in enumerate(records) if record.feedback is None][-cap:]
    room = cap - len(pending)
    told = {i: record.feedback for i, record in enumerate(records) if record.feedback}
    ranked = _ranked(told)
    best = ranked[: min(room, cap // 2)]
    rest = sorted(set(told).difference(best))
    wanted = min(room - len(best), len(rest))
    # The last one is always among them: `wanted` equal stretches, the end of each.
    spread = [rest[(k + 1) * len(rest) // wanted - 1] for k in range(wanted)]
    return sorted({*pending, *best, *spread})


def _ranked(told: Mapping[int, Feedback]) -> list[int]:
    """Return the positions from best to worst."""
    feasible = [i for i, feedback in told.items() if feedback.feasible]
    dominators = dict(zip(feasible, _dominators([told[i] for i in feasible]), strict=True))
    broken = {
        i: sum(violation for violation in feedback.violations if violation > 0)
        for i, feedback in told.items()
        if not feedback.feasible
    }
    return [
        *sorted(dominators, key=lambda i: (dominators[i], -i)),
        *sorted(broken, key=lambda i: (broken[i], -i)),
    ]


def _dominators(feedbacks: Sequence[Feedback]) -> list[int]:
    """Return for each feedback how many others dominate its losses."""
    import numpy as np

    losses = np.array([feedback.losses for feedback in feedbacks]).T
    counts: list[int] = []
    for start in range(0, len(feedbacks), _BLOCK):
        no_worse = np.ones((len(feedbacks[start : start + _BLOCK]), len(feedbacks)), dtype=bool)
        better = np.zeros_like(no_worse)
        for all_losses in losses:
            own = all_losses[start : start + _BLOCK, np.newaxis]
            no_worse &= all_losses <= own
            better |= all_losses < own
        counts += (no_worse & better).sum(axis=1).tolist()
    return counts
