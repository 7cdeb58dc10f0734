"""Earlier proposals as an Optuna study sees them.

Optuna's samplers read a study's trials through its storage. Here the storage hands them trials
made from the search's own history, so that a sampler's next draw is a function of that history
and a seed, and a study can be opened for a single draw at no cost.
"""

from __future__ import annotations

from collections.abc import Container, Sequence
from collections.abc import Set as AbstractSet
from typing import TYPE_CHECKING

from optuna.distributions import (
    BaseDistribution,
    CategoricalDistribution,
    FloatDistribution,
    IntDistribution,
)
from optuna.storages import InMemoryStorage
from optuna.trial import FrozenTrial, Trial, TrialState, create_trial

from syftr_like.contracts.domains import ChoiceDomain, Domain, FloatDomain, IntDomain

from .explored import Step, step

if TYPE_CHECKING:
    from syftr_like.search.objective import Constraint
    from syftr_like.search.proposer import Record, Value
    from syftr_like.space import Space


class HistoryStorage(InMemoryStorage):
    """An in-memory storage that shows given trials beside its own."""

    def __init__(self, history: Sequence[FrozenTrial]) -> None:
        super().__init__()
        self._history = history

    def get_all_trials(
        self,
        study_id: int,
        deepcopy: bool = True,
        states: Container[TrialState] | None = None,
    ) -> list[FrozenTrial]:
        """Return the given trials, then those asked for in this storage."""
        own = super().get_all_trials(study_id, deepcopy=deepcopy, states=states)
        return [t for t in self._history if states is None or t.state in states] + own


def suggest(trial: Trial, path: str, domain: Domain, spent: AbstractSet[Step]) -> Value:
    """Let the trial's sampler decide, and return the value as the domain spells it.

    Options that are spent are kept from it.
    """
    if domain.size == 1:
        return domain.values()[0]
    distribution = _distribution(path, domain, spent)
    if isinstance(distribution, FloatDistribution):
        low, high = distribution.low, distribution.high
        drawn = trial.suggest_float(path, low, high, log=distribution.log)
        return min(max(drawn, low), high)
    if isinstance(distribution, IntDistribution):
        position = trial.suggest_int(
            path, distribution.low, distribution.high, log=distribution.log
        )
        return position if _is_log(domain) else domain.values()[position]
    assert isinstance(distribution, CategoricalDistribution)
    chosen = trial.suggest_categorical(path, distribution.choices)
    assert isinstance(chosen, int)
    return domain.values()[chosen]


def frozen_trial(
    space: Space,
    number: int,
    record: Record,
    constraints: Sequence[Constraint],
    spent: AbstractSet[Step],
) -> FrozenTrial:
    """Return an earlier proposal as an Optuna trial: running while it has no feedback.

    Its params must hold no spent option.
    """
    params: dict[str, int | float] = {}
    distributions: dict[str, BaseDistribution] = {}

    def note(path: str, domain: Domain) -> Value:
        value = record.params[path]
        if domain.size > 1:
            params[path] = _position(domain, value)
            distributions[path] = _distribution(path, domain, spent)
        return value

    space.walk(note)
    feedback = record.feedback
    if feedback is None:
        trial = create_trial(state=TrialState.RUNNING, params=params, distributions=distributions)
    else:
        trial = create_trial(
            values=feedback.losses,
            params=params,
            distributions=distributions,
            constraints={
                # Optuna adds violations up.
                str(constraint): constraint.relative(violation)
                for constraint, violation in zip(constraints, feedback.violations, strict=True)
            },
        )
    # The storage's own trials begin at 0 and these must not be taken for them.
    trial.number = number + 1
    return trial


def _is_log(domain: Domain) -> bool:
    return not isinstance(domain, ChoiceDomain) and domain.log


def _distribution(path: str, domain: Domain, spent: AbstractSet[Step]) -> BaseDistribution:
    # Choices and stepped numbers are known to Optuna by position: it takes True for 1, and its
    # steps carry rounding errors.
    if isinstance(domain, ChoiceDomain):
        left = [i for i, o in enumerate(domain.options) if step(path, o) not in spent]
        return CategoricalDistribution(left or range(domain.size))
    if isinstance(domain, FloatDomain) and domain.step is None:
        return FloatDistribution(domain.low, domain.high, log=domain.log)
    if isinstance(domain, IntDomain) and domain.log:
        return IntDistribution(domain.low, domain.high, log=True)
    return IntDistribution(0, int(domain.size) - 1)


def _position(domain: Domain, value: Value) -> int | float:
    """Return how Optuna knows a value of the domain."""
    if isinstance(domain, ChoiceDomain):
        return next(
            i
            for i, option in enumerate(domain.options)
            if type(option) is type(value) and option == value
        )
    assert isinstance(value, int | float)
    if isinstance(domain, FloatDomain) and domain.step is None:
        return float(value)
    if isinstance(domain, IntDomain) and domain.log:
        return int(value)
    assert domain.step is not None
    return round((value - domain.low) / domain.step)
