"""Tree-structured Parzen estimators, by Optuna."""

from __future__ import annotations

import math
import warnings
from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from typing import TYPE_CHECKING

from syftr_like.contracts.domains import ChoiceDomain, Domain

from .explored import Step, step
from .proposer import Candidate, Proposer, Value
from .seeding import derived_rng, derived_seed
from .startup import StratifiedStart
from .thinning import thinned
from .unseen import UnseenWalks

if TYPE_CHECKING:
    from optuna.trial import FrozenTrial

    from syftr_like.search.objective import Constraint, Objective
    from syftr_like.space import Space


HISTORY_CAP = 1_000
"""The model rests on at most so many earlier proposals."""

MODEL_DRAWS = 4
"""Draws from the model, before the first of them is bent to something unseen and allowed."""


class TPEProposer(Proposer):
    """Learns where good flows are, and proposes more of their kind.

    When to use it: nearly always; it needs some ten trials to learn from, takes mixed and
    conditional decisions and any number of objectives, and keeps away from configurations that
    break a constraint. In a small finite space `grid` is better.

    The first proposals are a stratified design (`StratifiedStart`) and need no feedback. As soon
    as `startup` proposals have feedback, each further one is drawn by Optuna's multi-objective
    TPE, multivariate within each group of decisions that are open together, with pending
    proposals counted as bad so that parallel ones do not crowd (constant liar).

    Options that lead to nothing new are kept from the model. When its draws are all flows that
    were proposed before or are forbidden, the first is bent to an unseen one, the last decisions
    first. Beyond `HISTORY_CAP` trials the model rests on a selection (`thinned`).

    Args:
        trials: How many proposals are planned; sizes the start.

    References:
        Bergstra, Bardenet, Bengio and Kégl, "Algorithms for hyper-parameter optimization", 2011.
        Ozaki, Tanigaki, Watanabe, Nomura and Onishi, "Multiobjective tree-structured Parzen
        estimator", 2022. Falkner, Klein and Hutter, "BOHB", 2018, for the multivariate kernels.
    """

    method = "tpe"

    def __init__(
        self,
        space: Space,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        *,
        trials: int,
        seed: int,
        reason: str = "",
    ) -> None:
        super().__init__(space, objectives, constraints, seed=seed, reason=reason)
        self.startup = startup_size(space, trials)
        self._start = StratifiedStart(seed)
        self._walks = UnseenWalks(space)
        self._frozen: dict[int, FrozenTrial] = {}
        self._spent: set[Step] = set()

    def _propose(self, number: int) -> Candidate | None:
        told = sum(record.feedback is not None for record in self._history.records)
        if told < self.startup:
            rng = derived_rng(self.seed, "start", number)
            return self._walks.draw(self._start.prefer, rng, self._seen)
        return self._from_model(number)

    def _on_proposal(self, number: int) -> None:
        params = self._history.records[number].params
        self._start.observe(params)
        self._walks.observe(params)

    def _on_feedback(self, number: int) -> None:
        self._frozen.pop(number, None)

    def _from_model(self, number: int) -> Candidate | None:
        if self._walks.explored.closed(()):
            return None
        spent = self._walks.explored.spent_options()
        trials = self._trials(spent)
        draws: list[Callable[[str, Domain], Value]] = []
        for attempt in range(MODEL_DRAWS):
            seed = derived_seed(self.seed, "tpe", number, attempt)
            draws.append(self._model_draw(trials, spent, seed))
            candidate = self._walks.draw_exactly(draws[-1], self._seen)
            if candidate is not None:
                return candidate
        first = draws[0]
        return self._walks.draw(
            lambda path, domain, is_open: first(path, domain),
            derived_rng(self.seed, "replacement", number),
            self._seen,
        )

    def _model_draw(
        self, trials: Sequence[FrozenTrial], spent: AbstractSet[Step], seed: int
    ) -> Callable[[str, Domain], Value]:
        """Return one draw of the model: what it wants for each decision that is asked."""
        import optuna

        from .optuna_history import HistoryStorage, suggest

        with _quiet_optuna():
            study = optuna.create_study(
                storage=HistoryStorage(trials),
                # Before there are `startup` trials with feedback, nobody comes here.
                sampler=optuna.samplers.TPESampler(
                    n_startup_trials=0,
                    multivariate=True,
                    group=True,
                    constant_liar=True,
                    seed=seed,
                ),
                study_name="search",
                directions=["minimize"] * len(self.objectives),
            )
            trial = study.ask()
        return lambda path, domain: suggest(trial, path, domain, spent)

    def _trials(self, spent: set[Step]) -> list[FrozenTrial]:
        from .optuna_history import frozen_trial

        if spent != self._spent:
            self._spent = spent
            self._frozen.clear()
        live = [
            number
            for number, record in enumerate(self._history.records)
            if spent.isdisjoint(step(path, value) for path, value in record.params.items())
        ]
        records = self._history.records
        kept = [live[i] for i in thinned([records[number] for number in live], HISTORY_CAP)]
        for number in kept:
            if number not in self._frozen:
                self._frozen[number] = frozen_trial(
                    self.space, number, records[number], self.constraints, spent
                )
        return [self._frozen[number] for number in kept]


def startup_size(space: Space, trials: int) -> int:
    """Return how many of the planned trials form the start.

    A fifth of them, but 10 to 40; enough for each choice that is always open to show each of
    its options; yet never more than half.
    """
    widest = max(
        (
            len(decision.domain.options)
            for decision in space.decisions()
            if decision.condition == "always" and isinstance(decision.domain, ChoiceDomain)
        ),
        default=1,
    )
    wanted = max(min(max(10, math.ceil(trials / 5)), 40), widest)
    return max(1, min(wanted, trials // 2))


@contextmanager
def _quiet_optuna() -> Iterator[None]:
    """Keep Optuna from announcing the study, and that `group` is experimental."""
    from optuna.exceptions import ExperimentalWarning
    from optuna.logging import WARNING, get_verbosity, set_verbosity

    verbosity = get_verbosity()
    set_verbosity(WARNING)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ExperimentalWarning)
            yield
    finally:
        set_verbosity(verbosity)
