"""TPE: what it does beyond the promises that every proposer keeps."""

from __future__ import annotations

import importlib.util
import statistics
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random
from types import ModuleType

import optuna
import pytest

from syftr_like.contracts.domains import ChoiceDomain, Domain, FloatDomain, IntDomain
from syftr_like.search import (
    Constraint,
    Feedback,
    Objective,
    Proposer,
    make_proposer,
    run_loop,
    tpe,
)
from syftr_like.search.explored import step
from syftr_like.search.optuna_history import _distribution, _position, frozen_trial, suggest
from syftr_like.search.proposer import Record, Value
from syftr_like.search.quantiles import at_quantile
from syftr_like.search.tpe import startup_size
from syftr_like.space import Space

WIDE = """
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {choose: [%s]}}}]}
  answer:
    from: [question, passages]
    choose: [{extractive_reader: {abstain_below: {float: [0.0, 0.5]}}}]
output: answer
"""


THREE = """
graph:
  chunks: {from: documents, choose: [{sentence_splitter: {sentences: {int: [1, 40]}}}]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 40]}}}]}
  answer:
    from: [question, passages]
    choose:
      - abstain
      - {as: bold, extractive_reader: {abstain_below: {float: [0.0, 0.2]}}}
      - {as: cautious, extractive_reader: {abstain_below: {float: [0.3, 0.6]}}}
output: answer
"""


@pytest.fixture(scope="module")
def problem() -> ModuleType:
    """Return the made-up problem of the benchmark."""
    path = Path(__file__).parents[2] / "benchmarks" / "search" / "problem.py"
    spec = importlib.util.spec_from_file_location("search_benchmark_problem", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # Dataclasses look their module up.
    spec.loader.exec_module(module)
    return module


def test_the_start_is_a_fifth_within_bounds(
    conditional: Space, make_space: Callable[[str], Space]
) -> None:
    sizes = {trials: startup_size(conditional, trials) for trials in (1, 12, 40, 100, 1000)}
    assert sizes == {1: 1, 12: 6, 40: 10, 100: 20, 1000: 40}
    wide = make_space(WIDE % ", ".join(map(str, range(1, 31))))
    assert startup_size(wide, 80) == 30
    assert startup_size(wide, 40) == 20


def test_the_start_does_not_hang_on_feedback(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    told, untold = (make("tpe", conditional, trials=60) for _ in range(2))
    for number in range(12):
        assert told.ask() == untold.ask()
        told.tell(number, Feedback((float(number), 0.0), (0.0,)))
    assert told.ask() != untold.ask()


def test_it_proposes_more_of_what_was_good(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    proposer = make("tpe", conditional, trials=60)
    drawn: list[dict[str, Value]] = []
    for number in range(60):
        proposal = proposer.ask()
        assert proposal is not None
        drawn.append(proposal.params)
        good = proposal.params.get("passages") == "dense"
        proposer.tell(number, Feedback((-float(good), 0.0), (-1.0,)))
    assert Counter(params.get("passages") for params in drawn[20:])["dense"] >= 24


def test_it_keeps_away_from_what_breaks_a_constraint(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    proposer = make("tpe", conditional, trials=60)
    drawn: list[dict[str, Value]] = []
    for number in range(60):
        proposal = proposer.ask()
        assert proposal is not None
        drawn.append(proposal.params)
        # Dense is better by both objectives, and too slow.
        dense = proposal.params.get("passages") == "dense"
        proposer.tell(number, Feedback((-float(dense), -float(dense)), (3.0 if dense else -1.0,)))
    assert Counter(params.get("passages") for params in drawn[20:])["dense"] <= 8


def test_violations_count_as_parts_of_their_bounds(conditional: Space) -> None:
    constraints = (
        Constraint("latency_p95_s", "<=", 20.0),
        Constraint("failure_rate", "<=", 0.1),
        Constraint("loss", "<=", 0.0),
    )
    record = Record({"answer": "abstain"}, "key", Feedback((0.0,), (10.0, 0.2, 0.3)))
    trial = frozen_trial(conditional, 0, record, constraints, set())
    assert trial.constraints == pytest.approx(
        {"latency_p95_s <= 20": 0.5, "failure_rate <= 0.1": 2.0, "loss <= 0": 0.3}
    )


def test_a_good_option_that_is_used_up_does_not_end_the_learning(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    # `abstain` is one flow, the cheapest, and so always on the front. A model that goes on
    # proposing it must not be left with random draws in its place.
    proposer = make("tpe", conditional, trials=60)
    drawn: list[dict[str, Value]] = []
    for number in range(60):
        proposal = proposer.ask()
        assert proposal is not None
        drawn.append(proposal.params)
        if proposal.params["answer"] == "abstain":
            losses = (-0.3, 0.0)
        else:
            good = proposal.params["passages"] == "bm25"
            losses = (-0.9, 1.0) if good else (-0.4, 2.0)
        proposer.tell(number, Feedback(losses, (-1.0,)))
    assert Counter(params["answer"] for params in drawn)["abstain"] == 1
    assert Counter(params.get("passages") for params in drawn[20:])["bm25"] >= 24


def test_of_the_options_left_the_model_takes_the_better(
    make: Callable[..., Proposer], make_space: Callable[[str], Space]
) -> None:
    losses = {"abstain": (-0.3, 0.0), "bold": (-0.9, 1.0), "cautious": (-0.5, 2.0)}
    space = make_space(THREE)
    bold = 0
    for seed in range(4):
        proposer = make("tpe", space, trials=50, seed=seed)
        for number in range(50):
            proposal = proposer.ask()
            assert proposal is not None
            answer = str(proposal.params["answer"])
            bold += number >= 20 and answer == "bold"
            proposer.tell(number, Feedback(losses[answer], (-1.0,)))
    assert bold / 120 > 0.75  # Half would be chance.


def test_the_model_is_not_offered_what_is_spent() -> None:
    study = optuna.create_study(study_name="t", sampler=optuna.samplers.RandomSampler(seed=0))
    domain = ChoiceDomain(("a", "b", "c"))
    drawn = {suggest(study.ask(), "p", domain, {step("p", "b")}) for _ in range(30)}
    assert drawn == {"a", "c"}


def test_parallel_proposals_do_not_crowd(
    make: Callable[..., Proposer], make_space: Callable[[str], Space]
) -> None:
    space = make_space(WIDE % "1, 2")
    path = "answer.extractive_reader.abstain_below"

    def spread(pending: bool) -> float:
        spreads = []
        for seed in range(8):
            proposer = make("tpe", space, trials=20, seed=seed)
            for number in range(20):
                proposal = proposer.ask()
                assert proposal is not None
                x = proposal.params[path]
                assert isinstance(x, float)
                proposer.tell(number, Feedback(((x - 0.25) ** 2, 0.0), (-1.0,)))
            drawn: list[float] = []
            for number in range(20, 32):
                proposal = proposer.ask()
                assert proposal is not None
                x = proposal.params[path]
                assert isinstance(x, float)
                drawn.append(x)
                if not pending:
                    # Told as good as any: nothing pushes the next one away.
                    proposer.tell(number, Feedback(((x - 0.25) ** 2, 0.0), (-1.0,)))
            spreads.append(statistics.pstdev(drawn))
        return statistics.median(spreads)

    assert spread(pending=True) > spread(pending=False)


@pytest.mark.parametrize(
    "domain",
    [
        IntDomain(2, 20, step=3),
        IntDomain(2, 21, step=3),
        IntDomain(1, 1000, log=True),
        FloatDomain(0.1, 0.9, step=0.2),
        FloatDomain(0.0, 0.35, step=0.1),
        FloatDomain(1e-4, 10.0, log=True),
        FloatDomain(-1.0, 1.0),
        ChoiceDomain((True, 1, 1.5, "1", None)),
    ],
    ids=str,
)
def test_optuna_sees_each_value_as_itself(domain: Domain) -> None:
    distribution = _distribution("p", domain, set())
    rng = Random(0)
    for _ in range(30):
        value = at_quantile(domain, rng.random())
        study = optuna.create_study(study_name="t")
        study.enqueue_trial({"p": _position(domain, value)})
        again = suggest(study.ask(), "p", domain, set())
        assert (type(again), again) == (type(value), value)
    assert not distribution.single()


def test_history_beyond_the_cap_is_thinned_and_the_search_goes_on(
    make: Callable[..., Proposer], conditional: Space, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tpe, "HISTORY_CAP", 30)
    old, new = make("tpe", conditional), make("tpe", conditional)
    rng = Random(1)
    for i in range(90):
        params = conditional.walk(lambda path, domain: at_quantile(domain, rng.random()))
        feedback = Feedback((-float(len(params)), rng.random()), (rng.random() - 0.8,))
        for proposer in (old, new):
            proposer.restore(params, feedback if i % 9 else None)
    first = [old.ask() for _ in range(4)]
    assert len({p.key for p in first if p is not None}) == 4
    # And it is a function of the history: whoever asks second gets the same.
    assert [new.ask() for _ in range(4)] == first


def test_its_front_is_better_than_that_of_random_search(problem: ModuleType) -> None:
    """The short form of benchmarks/search: median hypervolume over 10 seeds after 50 trials."""
    space = problem.load()

    def hypervolume(method: str, seed: int) -> float:
        noise = Random(seed)
        proposer = make_proposer(
            method,  # type: ignore[arg-type]
            space,
            problem.OBJECTIVES,
            problem.CONSTRAINTS,
            trials=50,
            seed=seed,
        )
        truths: list[object] = []

        def evaluate(proposal: object) -> Feedback:
            params = proposal.params  # type: ignore[attr-defined]
            truths.append(problem.truth(params))
            feedback = problem.measured(params, noise)
            assert isinstance(feedback, Feedback)
            return feedback

        run_loop(proposer, evaluate, trials=50)
        area = problem.hypervolume(truths)
        assert isinstance(area, float)
        return area

    by_tpe, by_random = (
        statistics.median(hypervolume(method, seed) for seed in range(10))
        for method in ("tpe", "random")
    )
    assert by_tpe > 1.03 * by_random


def test_one_objective_is_enough(conditional: Space, objectives: tuple[Objective, ...]) -> None:
    proposer = make_proposer("tpe", conditional, objectives[:1], trials=60, seed=0)
    best = []
    for number in range(60):
        proposal = proposer.ask()
        assert proposal is not None
        k = sum(v for p, v in proposal.params.items() if p.endswith(".k") and isinstance(v, int))
        best.append(k)
        proposer.tell(number, Feedback((-float(k),)))
    assert statistics.mean(best[30:]) > 1.3 * statistics.mean(best[:12])
