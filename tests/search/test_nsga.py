"""NSGA-II and NSGA-III: what they do beyond the promises that every proposer keeps."""

from __future__ import annotations

import importlib.util
import statistics
import sys
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random
from types import ModuleType

import numpy as np
import pytest
from pymoo.core.individual import Individual
from pymoo.core.problem import Problem

from syftr_like.contracts.evaluator import Direction
from syftr_like.search import (
    Constraint,
    Feedback,
    Method,
    Objective,
    Proposal,
    Proposer,
    make_proposer,
    run_loop,
)
from syftr_like.search.genotype import Genes
from syftr_like.search.mating import children
from syftr_like.search.nsga import NSGA3Proposer, _chooser, population_size
from syftr_like.search.proposer import Value
from syftr_like.space import Space
from syftr_like.statistics.pareto import hypervolume

METHODS: tuple[Method, ...] = ("nsga2", "nsga3")

with_both = pytest.mark.parametrize("method", METHODS)

# One whole and one real number, always open.
REAL = """
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 20]}}}]}
  answer:
    from: [question, passages]
    choose: [{extractive_reader: {abstain_below: {float: [0.1, 0.7]}}}]
output: answer
"""

Outcome = Callable[[Mapping[str, Value]], Feedback]


@pytest.fixture(scope="module")
def problem() -> ModuleType:
    path = Path(__file__).parents[2] / "benchmarks" / "search" / "problem.py"
    spec = importlib.util.spec_from_file_location("search_benchmark_problem", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Dataclasses look their module up.
    spec.loader.exec_module(module)
    return module


def drive(proposer: Proposer, outcome: Outcome, count: int) -> list[Proposal]:
    proposals = []
    for _ in range(count):
        proposal = proposer.ask()
        assert proposal is not None
        proposer.tell(proposal.number, outcome(proposal.params))
        proposals.append(proposal)
    return proposals


def taken(proposals: Sequence[Proposal], path: str = "passages") -> Counter[Value]:
    return Counter(p.params.get(path) for p in proposals)


@with_both
def test_it_breeds_from_what_is_good(
    make: Callable[..., Proposer], conditional: Space, method: str
) -> None:
    def outcome(params: Mapping[str, Value]) -> Feedback:
        return Feedback((-float(params.get("passages") == "dense"), 0.0), (-1.0,))

    proposals = drive(make(method, conditional, trials=60), outcome, 60)
    assert taken(proposals[20:])["dense"] >= 24


@with_both
def test_it_keeps_away_from_what_breaks_a_constraint(
    make: Callable[..., Proposer], conditional: Space, method: str
) -> None:
    def outcome(params: Mapping[str, Value]) -> Feedback:
        # Dense is better by both objectives, and too slow.
        dense = params.get("passages") == "dense"
        return Feedback((-float(dense), -float(dense)), (3.0 if dense else -1.0,))

    proposals = drive(make(method, conditional, trials=60), outcome, 60)
    assert taken(proposals[20:])["dense"] <= 8


@with_both
def test_where_nothing_is_feasible_the_least_violation_wins_as_a_part_of_its_bound(
    conditional: Space, objectives: tuple[Objective, ...], method: Method
) -> None:
    constraints = (
        Constraint("latency_p95_s", "<=", 20.0),
        Constraint("failure_rate", "<=", 0.1),
    )
    # Dense is half above its bound, by 10 seconds; the others break theirs threefold, by 0.2.
    broken = {True: (10.0, -0.1), False: (-20.0, 0.2)}

    def outcome(params: Mapping[str, Value]) -> Feedback:
        return Feedback((0.0, 0.0), broken[params.get("passages") == "dense"])

    proposer = make_proposer(method, conditional, objectives, constraints, trials=60, seed=0)
    assert taken(drive(proposer, outcome, 60)[20:])["dense"] >= 24


@with_both
def test_later_feedback_changes_who_breeds(
    make: Callable[..., Proposer], conditional: Space, method: str
) -> None:
    # On the first few questions dense looks best. On all of them bm25 is.
    def early(params: Mapping[str, Value]) -> Feedback:
        return Feedback((-float(params.get("passages") == "dense"), 0.0), (-1.0,))

    def late(params: Mapping[str, Value]) -> Feedback:
        return Feedback((-float(params.get("passages") == "bm25"), 0.0), (-1.0,))

    proposer = make(method, conditional, trials=80)
    partly = drive(proposer, early, 40)
    assert taken(partly[20:])["dense"] >= 10
    for proposal in partly:
        proposer.tell(proposal.number, late(proposal.params))
    assert taken(drive(proposer, late, 40))["bm25"] >= 24


@with_both
def test_trials_without_feedback_do_not_breed_and_are_not_repeated(
    make: Callable[..., Proposer], conditional: Space, method: str
) -> None:
    proposer = make(method, conditional, trials=60)

    def outcome(params: Mapping[str, Value]) -> Feedback:
        return Feedback((-float(params.get("passages") == "dense"), 0.0), (-1.0,))

    earlier = drive(proposer, outcome, 20)
    batch = [proposer.ask() for _ in range(30)]
    keys = {p.key for p in batch if p is not None} | {p.key for p in earlier}
    assert len(keys) == 50
    assert taken([p for p in batch if p is not None])["dense"] >= 18


@with_both
def test_a_good_flow_whose_genes_are_mostly_closed_does_not_end_the_breeding(
    make: Callable[..., Proposer], conditional: Space, method: str
) -> None:
    # `abstain` is one flow, the cheapest, and so always on the front, with 15 genes that do
    # nothing: each of its copies is another genotype and the same flow.
    def outcome(params: Mapping[str, Value]) -> Feedback:
        if params["answer"] == "abstain":
            return Feedback((-0.3, 0.0), (-1.0,))
        good = params["passages"] == "bm25"
        return Feedback((-0.9, 1.0) if good else (-0.4, 2.0), (-1.0,))

    proposals = drive(make(method, conditional, trials=60), outcome, 60)
    assert taken(proposals, "answer")["abstain"] == 1
    assert taken(proposals[20:])["bm25"] >= 24


def test_a_copy_of_a_parent_decides_its_very_values(
    make_space: Callable[[str], Space],
) -> None:
    # Through a gene and back a real number can be off by a rounding: the copy would be new.
    space = make_space(REAL)
    genes = Genes(space, 0)
    for n in range(100):
        params = space.sample(Random(n))
        parent = Individual(X=genes.encode(n, params), params=params)
        assert space.walk(_chooser(dict(parent.X), (parent, parent))) == params


def test_a_gene_that_is_closed_in_both_parents_can_be_open_in_a_child(conditional: Space) -> None:
    genes = Genes(conditional, 0)
    everything = Problem(vars=genes.variables(), n_obj=2)
    abstaining = Individual(X=genes.encode(0, {"answer": "abstain"}))
    rng = np.random.default_rng(0)
    answers = {
        child["answer"]
        for _ in range(40)
        for child in children(everything, abstaining, abstaining, mutation_rate=0.2, rng=rng)
    }
    assert answers == {0, 1}


@pytest.mark.parametrize("rate", [0.05, 0.3])
def test_genes_of_all_kinds_are_mutated_at_the_rate(conditional: Space, rate: float) -> None:
    genes = Genes(conditional, 0)
    everything = Problem(vars=genes.variables(), n_obj=2)
    params = conditional.sample(Random(0))
    parent = Individual(X=genes.encode(0, params))
    rng = np.random.default_rng(0)
    changed: Counter[str] = Counter()
    for _ in range(250):
        for child in children(everything, parent, parent, mutation_rate=rate, rng=rng):
            changed.update(path for path, gene in child.items() if gene != parent.X[path])
    # A choice may be redrawn as what it was, a whole number may be rounded back.
    most = 500 * rate
    assert changed["chunks.recursive_splitter.chunk_tokens"] == pytest.approx(most, rel=0.4)
    assert 0.3 * most < changed["passages"] < 1.2 * most
    assert 0 < changed["passages.bm25.k"] < 1.2 * most


@with_both
def test_with_several_objectives_and_constraints_it_restarts_from_history_exactly(
    conditional: Space, method: Method
) -> None:
    objectives = [Objective(name, Direction.MINIMIZE) for name in ("a", "b", "c")]
    constraints = [Constraint("d", "<=", 2.0), Constraint("e", ">=", 0.0)]

    def fresh() -> Proposer:
        return make_proposer(method, conditional, objectives, constraints, trials=60, seed=5)

    def outcome(params: Mapping[str, Value]) -> Feedback:
        rng = Random(repr(params))
        losses = (rng.random(), rng.random(), float(len(params)))
        return Feedback(losses, (rng.uniform(-1, 1), rng.uniform(-1, 0.2)))

    old, known = fresh(), list[Proposal]()
    for _ in range(60):
        proposal = old.ask()
        assert proposal is not None
        known.append(proposal)
        if proposal.number % 7:  # The others stay pending, or are told again below.
            old.tell(proposal.number, Feedback((0.0, 0.0, 0.0), (1.0, 1.0)))
            old.tell(proposal.number, outcome(proposal.params))
    new = fresh()
    for proposal in known:
        told = outcome(proposal.params) if proposal.number % 7 else None
        new.restore(proposal.params, told)
    assert drive(new, outcome, 10) == drive(old, outcome, 10)


@with_both
def test_it_beats_random_on_the_made_up_problem(problem: ModuleType, method: Method) -> None:
    space = problem.load()

    def area(method: Method, seed: int) -> float:
        noise, truths = Random(seed), list[object]()

        def evaluate(proposal: Proposal) -> Feedback:
            truths.append(problem.truth(proposal.params))
            feedback = problem.measured(proposal.params, noise)
            assert isinstance(feedback, Feedback)
            return feedback

        proposer = make_proposer(
            method, space, problem.OBJECTIVES, problem.CONSTRAINTS, trials=100, seed=seed
        )
        run_loop(proposer, evaluate, trials=100)
        found = problem.hypervolume(truths)
        assert isinstance(found, float)
        return found

    bred, random = (
        statistics.median(area(m, seed) for seed in range(10)) for m in (method, "random")
    )
    assert bred > 1.03 * random


def test_nsga3_covers_a_front_of_three_objectives_better_than_random(
    problem: ModuleType,
) -> None:
    space = problem.load()
    objectives = [*problem.OBJECTIVES, Objective("latency_s", Direction.MINIMIZE)]

    def losses(params: Mapping[str, Value]) -> tuple[float, ...]:
        truth = problem.truth(params)
        return (-truth.accuracy, float(np.log10(truth.usd)), float(np.log10(truth.latency_s)))

    def area(method: Method, seed: int) -> float:
        proposer = make_proposer(method, space, objectives, trials=100, seed=seed)
        proposals = drive(proposer, lambda params: Feedback(losses(params)), 100)
        return hypervolume([losses(p.params) for p in proposals], (0.0, 1.5, 1.5))

    bred, random = (
        statistics.median(area(m, seed) for seed in range(6)) for m in ("nsga3", "random")
    )
    assert bred > 1.03 * random


def test_the_population_is_a_tenth_of_the_trials_within_bounds(
    small: Space, objectives: tuple[Objective, ...]
) -> None:
    assert [population_size(trials) for trials in (5, 120, 400, 10_000)] == [10, 12, 40, 50]
    eight = [Objective(f"loss_{i}", Direction.MINIMIZE) for i in range(8)]
    assert NSGA3Proposer(small, eight, trials=20, seed=0).population_size == 16
