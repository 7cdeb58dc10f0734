"""Evolution by non-dominated sorting: NSGA-II and NSGA-III, by pymoo."""

from __future__ import annotations

import warnings
from abc import abstractmethod
from collections.abc import Sequence
from functools import cached_property
from types import SimpleNamespace
from typing import TYPE_CHECKING, ClassVar

from syftr_like.contracts.domains import Domain

from .genotype import Genes, Genotype, value_of
from .mating import children
from .proposer import Candidate, Proposer, Value
from .reference_directions import reference_directions
from .seeding import derived_rng, derived_seed
from .startup import StratifiedStart
from .tpe import startup_size
from .unseen import UnseenWalks

if TYPE_CHECKING:
    import numpy as np
    import numpy.typing as npt
    from pymoo.core.individual import Individual
    from pymoo.core.population import Population
    from pymoo.core.problem import Problem
    from pymoo.core.selection import Selection
    from pymoo.core.survival import Survival

    from syftr_like.search.objective import Constraint, Objective
    from syftr_like.search.proposer import Feedback
    from syftr_like.space import Chooser, Space

MATINGS = 8
"""Matings, of two children each, before the first child is bent to something unseen."""


class NsgaProposer(Proposer):
    """Breeds each proposal from the best of all trials so far.

    The search has no generations, so that trials may run side by side and end in any order. For
    each proposal the population is made anew: of all trials that have feedback, those survive
    that the method's survival keeps; feasible ones come before infeasible ones, and these by
    how much they break their constraints, each violation as a part of its bound. Two parents are
    found by tournaments and have two children (`mating`). The first child that is a flow which
    is allowed and was not proposed becomes the proposal; genes that do nothing in it do not
    count. After `MATINGS` matings without one the first child is bent to an unseen flow, the
    last decisions first.

    The first proposals are a stratified design (`StratifiedStart`), until `startup` have
    feedback. Pending trials are not in the population.

    Survival is elitist over the whole history: a trial that was lucky in a noisy metric stays
    until it is told again with better founded values or is crowded out.

    Args:
        trials: How many proposals are planned; sizes the start and the population.
    """

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
        self.population_size = self._population_size(trials)
        self._start = StratifiedStart(seed)
        self._walks = UnseenWalks(space)
        self._genes = Genes(space, seed)
        self._individuals: dict[int, Individual] = {}

    def _population_size(self, trials: int) -> int:
        return population_size(trials)

    @abstractmethod
    def _survival(self) -> Survival:
        """Return a survival that knows nothing of earlier populations."""

    @abstractmethod
    def _selection(self) -> Selection:
        """Return how parents are found."""

    def _propose(self, number: int) -> Candidate | None:
        told = [n for n, record in enumerate(self._history.records) if record.feedback is not None]
        if len(told) < self.startup:
            rng = derived_rng(self.seed, "start", number)
            return self._walks.draw(self._start.prefer, rng, self._seen)
        if self._walks.explored.closed(()):
            return None
        return self._bred(number, told)

    def _on_proposal(self, number: int) -> None:
        params = self._history.records[number].params
        self._start.observe(params)
        self._walks.observe(params)

    def _on_feedback(self, number: int) -> None:
        self._individuals.pop(number, None)

    def _bred(self, number: int, told: Sequence[int]) -> Candidate | None:
        import numpy as np

        rng = np.random.default_rng(derived_seed(self.seed, "nsga", number))
        population = self._survivors(told, rng)
        first: Chooser | None = None
        for _ in range(MATINGS):
            mother, father = self._parents(population, rng)
            # One open decision of a child is mutated on average.
            rate = 2 / (len(mother.get("params")) + len(father.get("params")))
            for child in children(self._problem, mother, father, mutation_rate=rate, rng=rng):
                choose = _chooser(child, (mother, father))
                first = first or choose
                candidate = self._walks.draw_exactly(choose, self._seen)
                if candidate is not None:
                    return candidate
        assert first is not None
        wanted = first
        return self._walks.draw(
            lambda path, domain, is_open: wanted(path, domain),
            derived_rng(self.seed, "replacement", number),
            self._seen,
        )

    def _survivors(self, told: Sequence[int], rng: np.random.Generator) -> Population:
        from pymoo.core.population import Population

        everyone = Population([self._individual(number) for number in told])
        # NSGA-III's normalization turns off all warnings, for good.
        with warnings.catch_warnings():
            return self._survival().do(
                self._problem, everyone, n_survive=self.population_size, random_state=rng
            )

    def _parents(
        self, population: Population, rng: np.random.Generator
    ) -> tuple[Individual, Individual]:
        [[mother, father]] = self._selection().do(
            self._problem,
            population,
            n_select=1,
            n_parents=2,
            random_state=rng,
            # What NSGA-II's tournament reads of the algorithm that it is usually part of.
            algorithm=SimpleNamespace(tournament_type="comp_by_dom_and_crowding", random_state=rng),
        )
        return mother, father

    def _individual(self, number: int) -> Individual:
        from pymoo.core.individual import Individual

        if number not in self._individuals:
            import numpy as np

            record = self._history.records[number]
            assert record.feedback is not None
            self._individuals[number] = Individual(
                X=self._genes.encode(number, record.params),
                F=np.array(record.feedback.losses),
                G=np.array(self._relative_violations(record.feedback)),
                params=record.params,
            )
        return self._individuals[number]

    def _relative_violations(self, feedback: Feedback) -> list[float]:
        # They are added up; as parts of their bounds, seconds and shares are alike.
        return [
            constraint.relative(violation)
            for constraint, violation in zip(self.constraints, feedback.violations, strict=True)
        ]

    @cached_property
    def _problem(self) -> Problem:
        from pymoo.core.problem import Problem

        return Problem(
            vars=self._genes.variables(),
            n_obj=len(self.objectives),
            n_ieq_constr=len(self.constraints),
        )


class NSGA2Proposer(NsgaProposer):
    """NSGA-II: survival by non-dominated rank, then by crowding distance.

    When to use it: one or two objectives, and trials so quick that the time that `tpe` takes to
    propose counts; trial for trial `tpe` finds somewhat better fronts (benchmarks/search).

    References:
        Deb, Pratap, Agarwal and Meyarivan, "A fast and elitist multiobjective genetic algorithm:
        NSGA-II", 2002. Durillo, Nebro, Luna and Alba, "On the effect of the steady-state
        selection scheme in multi-objective genetic algorithms", 2009, for doing without
        generations.
    """

    method: ClassVar[str] = "nsga2"

    def _survival(self) -> Survival:
        from pymoo.operators.survival.rank_and_crowding import RankAndCrowding

        return RankAndCrowding()

    def _selection(self) -> Selection:
        from pymoo.algorithms.moo.nsga2 import binary_tournament
        from pymoo.operators.selection.tournament import TournamentSelection

        return TournamentSelection(func_comp=binary_tournament)


class NSGA3Proposer(NsgaProposer):
    """NSGA-III: survival by non-dominated rank, then evenly along reference directions.

    When to use it: three objectives or more, where most trials are non-dominated and crowding
    distances say little. The directions are as many as the population has room for, but at
    least two per objective.

    References:
        Deb and Jain, "An evolutionary many-objective optimization algorithm using
        reference-point-based nondominated sorting approach, part I", 2014; part II, by Jain and
        Deb, for constraints.
    """

    method: ClassVar[str] = "nsga3"

    def _population_size(self, trials: int) -> int:
        return max(population_size(trials), 2 * len(self.objectives))

    def _survival(self) -> Survival:
        from pymoo.algorithms.moo.nsga3 import ReferenceDirectionSurvival

        return ReferenceDirectionSurvival(self._directions)

    def _selection(self) -> Selection:
        from pymoo.operators.selection.tournament import TournamentSelection

        return TournamentSelection(func_comp=_by_violation)

    @cached_property
    def _directions(self) -> npt.NDArray[np.float64]:
        return reference_directions(len(self.objectives), self.population_size)


def population_size(trials: int) -> int:
    """Return how many of the trials so far may breed: a tenth of the planned ones, but 10 to 50."""
    return min(max(10, trials // 10), 50)


def _chooser(child: Genotype, parents: Sequence[Individual]) -> Chooser:
    """Return what a child decides.

    An inherited gene means its parent's very value. Computed anew it could be off by a rounding,
    and a copy of the parent would pass for a new flow.
    """
    inherited = {
        (path, parent.X[path]): value
        for parent in parents
        for path, value in parent.get("params").items()
    }

    def choose(path: str, domain: Domain) -> Value:
        gene = (path, child[path])
        return inherited[gene] if gene in inherited else value_of(domain, child[path])

    return choose


def _by_violation(
    population: Population,
    pairs: npt.NDArray[np.int64],
    *,
    random_state: np.random.Generator,
    **_: object,
) -> npt.NDArray[np.int64]:
    """Return the winner of each pair: the one that breaks constraints less, else either.

    pymoo's own function for this draws from a generator without a seed.
    """
    import numpy as np

    winners = []
    for first, second in pairs:
        fair = random_state.choice([first, second])
        one, other = population[first].CV[0], population[second].CV[0]
        winners.append(first if one < other else second if other < one else fair)
    return np.array(winners)[:, np.newaxis]
