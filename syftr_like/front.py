"""Which trials are on the front, and which of them may be recommended."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.results import TrialResult, TrialState
from syftr_like.search.objective import Constraint, Objective, losses
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


def shown_front(
    trials: Sequence[TrialResult],
    objectives: Sequence[Objective],
    constraints: Sequence[Constraint],
) -> tuple[str, ...]:
    """Return the front, or where no trial is feasible, the flows that break constraints least.

    Those are the complete trials whose violations, each relative to its bound, no other trial
    undercuts (none is smaller in one constraint and no larger in the others); among equal
    violations those that are non-dominated in the objectives. Best first objective first.
    """
    front = find_front(trials, objectives)
    complete = [t for t in trials if t.state is TrialState.COMPLETE]
    if front or not complete:
        return front
    amounts = [
        [c.relative(t.violations[str(c)]) if str(c) in t.violations else 0.0 for c in constraints]
        for t in complete
    ]
    least = [
        (tuple(amount), trial)
        for amount, trial, on in zip(amounts, complete, non_dominated(amounts), strict=True)
        if on
    ]
    chosen = []
    for violations in {amount for amount, _ in least}:
        equal = [trial for amount, trial in least if amount == violations]
        values = [losses(objectives, {m: e.value for m, e in t.tune.items()}) for t in equal]
        chosen += [
            (loss, trial.number, trial.id)
            for loss, trial, on in zip(values, equal, non_dominated(values), strict=True)
            if on
        ]
    return tuple(id for _, _, id in sorted(chosen))


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
