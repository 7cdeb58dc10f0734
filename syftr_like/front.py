"""Which trials are on the front, and which of them may be recommended."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.results import TrialResult
from syftr_like.search.objective import Objective, losses
from syftr_like.statistics.pareto import non_dominated

ABSTENTION_RATE = "abstention_rate"


def find_front(trials: Sequence[TrialResult], objectives: Sequence[Objective]) -> tuple[str, ...]:
    """Return the ids of the feasible trials that none dominates, best first objective first.

    Trials that are equal in every objective all stay.
    """
    feasible = [t for t in trials if t.feasible]
    if not feasible:
        return ()
    values = [losses(objectives, {m: e.value for m, e in t.tune.items()}) for t in feasible]
    mask = non_dominated(values)
    front = [
        (loss, t.number, t.id) for loss, t, on in zip(values, feasible, mask, strict=True) if on
    ]
    return tuple(id for _, _, id in sorted(front))


def recommendable(front: Sequence[TrialResult]) -> list[TrialResult]:
    """Return the members that answer something, or all where none does.

    A flow that always abstains is the cheapest there is. It belongs on the front as the measure
    of the others, but nobody looks for a flow that never answers.
    """
    answering = [trial for trial in front if answers(trial)]
    return answering or list(front)


def answers(trial: TrialResult) -> bool:
    """Whether the trial's flow answered any question at all, as far as is known."""
    rate = trial.tune.get(ABSTENTION_RATE)
    return rate is None or rate.value < 1
