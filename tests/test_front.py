"""Which trials are shown: the front, or where nothing keeps the constraints, what comes closest."""

from __future__ import annotations

from syftr_like.contracts import Direction
from syftr_like.front import find_front, shown_front
from syftr_like.results import TrialResult, TrialState
from syftr_like.search.objective import Constraint, Objective
from syftr_like.statistics.estimate import Estimate

OBJECTIVES = (Objective("quality", Direction.MAXIMIZE), Objective("cost", Direction.MINIMIZE))
CONSTRAINTS = (Constraint("cost", "<=", 10.0), Constraint("quality", ">=", 0.5))


def trial(
    number: int, quality: float, cost: float, state: TrialState = TrialState.COMPLETE
) -> TrialResult:
    values = {"quality": quality, "cost": cost}
    return TrialResult(
        number=number, params={}, flow={}, state=state,
        tune={name: Estimate(value, None, None, 8) for name, value in values.items()},
        violations={
            str(c): amount for c in CONSTRAINTS if (amount := c.violation(values[c.metric])) > 0
        },
    )  # fmt: skip


def shown(*trials: TrialResult) -> tuple[str, ...]:
    return shown_front(trials, OBJECTIVES, CONSTRAINTS)


def test_one_feasible_trial_is_the_front_however_good_the_others() -> None:
    trials = (trial(0, 0.9, 11.0), trial(1, 0.5, 9.0))
    assert shown(*trials) == find_front(trials, OBJECTIVES) == ("t001",)


def test_without_a_feasible_one_the_least_violating_is_shown() -> None:
    trials = (trial(0, 0.9, 30.0), trial(1, 0.6, 12.0), trial(2, 0.7, 20.0))
    assert find_front(trials, OBJECTIVES) == ()
    assert shown(*trials) == ("t001",)


def test_what_breaks_one_constraint_less_and_another_more_is_shown_beside_it() -> None:
    assert shown(trial(0, 0.4, 12.0), trial(1, 0.3, 11.0), trial(2, 0.3, 12.0)) == ("t000", "t001")


def test_equal_violations_are_ordered_by_the_objectives() -> None:
    """Both break the bound of cost by as much; one is better."""
    assert shown(trial(0, 0.6, 12.0), trial(1, 0.8, 12.0)) == ("t001",)


def test_only_complete_trials_are_shown() -> None:
    for state in set(TrialState) - {TrialState.COMPLETE}:
        assert shown(trial(0, 0.9, 5.0, state), trial(1, 0.9, 11.0, state)) == ()
        assert shown(trial(0, 0.9, 5.0, state), trial(1, 0.6, 12.0)) == ("t001",)


def test_there_is_nothing_to_show_without_trials() -> None:
    assert shown() == ()
