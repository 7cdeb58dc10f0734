"""A study over recorded scores, in one process."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pytest
from numpy.typing import NDArray

from syftr_like.contracts.evaluator import Direction, Mean, Quantile
from syftr_like.search import Constraint, Objective, Value, make_early_stopping, make_proposer
from syftr_like.search.seeding import derived_seed
from syftr_like.search.simulation import RecordedMetric, Simulation
from syftr_like.space import Space
from syftr_like.statistics.racing import Measure

QUESTIONS = 90
OBJECTIVES = (Objective("accuracy", Direction.MAXIMIZE), Objective("usd", Direction.MINIMIZE))
CONSTRAINTS = (Constraint("latency_p95_s", "<=", 2.0),)
METRICS = {
    "accuracy": RecordedMetric(Measure(Direction.MAXIMIZE, (0.0, 1.0)), Mean()),
    "usd": RecordedMetric(Measure(Direction.MINIMIZE), Mean(), logarithmic=True),
    "latency_p95_s": RecordedMetric(Measure(Direction.MINIMIZE), Quantile(0.95), logarithmic=True),
}


def response(params: Mapping[str, Value]) -> dict[str, NDArray[np.float64]]:
    """Flows with a larger k answer better and cost more; about a quarter are too slow."""
    rng = np.random.default_rng(derived_seed(0, str(sorted(params.items()))))
    k = next((v for path, v in params.items() if path.endswith(".k")), 1)
    assert isinstance(k, int)
    return {
        "accuracy": (rng.random(QUESTIONS) < 0.3 + 0.04 * k).astype(np.float64),
        "usd": k * np.exp(rng.normal(size=QUESTIONS) * 0.1),
        "latency_p95_s": np.exp(rng.normal() + 0.1 * rng.normal(size=QUESTIONS)),
    }


Make = Callable[..., Simulation]


@pytest.fixture
def simulate(conditional: Space) -> Make:
    def make(method: str = "hyperband", *, trials: int = 45, **settings: object) -> Simulation:
        simulation = Simulation(
            make_proposer("random", conditional, OBJECTIVES, CONSTRAINTS, trials=trials, seed=0),
            make_early_stopping(
                method,  # type: ignore[arg-type]
                QUESTIONS,
                OBJECTIVES,
                CONSTRAINTS,
                min_questions=10,
                eta=3,
            ),
            METRICS,
            response,
            trials,
            **settings,  # type: ignore[arg-type]
        )
        simulation.run()
        return simulation

    return make


@pytest.mark.parametrize("workers", [1, 4])
def test_hyperband_asks_few_questions_of_most_trials(simulate: Make, workers: int) -> None:
    simulation = simulate(workers=workers)
    trials = simulation.trials
    assert len(trials) == 45
    assert simulation.evaluations == sum(trial.questions for trial in trials.values())
    assert simulation.evaluations < 0.5 * 45 * QUESTIONS
    assert {trial.state for trial in trials.values()} == {"complete", "stopped"}
    assert all((t.questions == QUESTIONS) == (t.state == "complete") for t in trials.values())
    assert {trial.questions for trial in trials.values()} == {10, 30, 90}


def test_without_early_stopping_every_trial_completes(simulate: Make) -> None:
    simulation = simulate("none", trials=8)
    assert [trial.state for trial in simulation.trials.values()] == ["complete"] * 8
    assert simulation.evaluations == 8 * QUESTIONS


def test_no_more_questions_are_asked_than_allowed(simulate: Make) -> None:
    simulation = simulate(evaluations_allowed=600, workers=3)
    assert 500 < simulation.evaluations <= 600


def test_the_front_is_of_feasible_complete_trials(simulate: Make) -> None:
    simulation = simulate()
    front = simulation.front()
    assert front
    for number in front:
        assert simulation.trials[number].state == "complete"
        assert simulation.values(number)["latency_p95_s"] <= 2.0
    points = [(simulation.values(n)["accuracy"], simulation.values(n)["usd"]) for n in front]
    ordered = sorted(points, key=lambda point: point[1])
    assert [accuracy for accuracy, _ in ordered] == sorted(accuracy for accuracy, _ in ordered)


def test_the_same_simulation_runs_the_same_again(simulate: Make) -> None:
    one, other = simulate(workers=2), simulate(workers=2)
    assert [t.questions for t in one.trials.values()] == [
        t.questions for t in other.trials.values()
    ]


def test_trials_that_are_outrun_ask_no_more_questions(conditional: Space) -> None:
    """Flows that answer nothing at a hundred times the price, beside a good one."""

    def clear(params: Mapping[str, Value]) -> dict[str, NDArray[np.float64]]:
        good = params["answer"] == "abstain"
        return {
            "accuracy": np.full(QUESTIONS, float(good)),
            "usd": np.full(QUESTIONS, 1.0 if good else 100.0),
            "latency_p95_s": np.ones(QUESTIONS),
        }

    stood: dict[float | None, list[int]] = {}
    for alpha in (0.05, None):
        simulation = Simulation(
            make_proposer("random", conditional, OBJECTIVES, CONSTRAINTS, trials=60, seed=0),
            make_early_stopping(
                "hyperband", QUESTIONS, OBJECTIVES, CONSTRAINTS, min_questions=30, eta=3
            ),
            METRICS,
            clear,
            60,
            alpha=alpha,
        )
        simulation.run()
        bad = [t for t in simulation.trials.values() if t.scores["accuracy"][0] == 0]
        stood[alpha] = [trial.questions for trial in bad]
    # Bracket 0 goes through to the end unless it is outrun.
    assert stood[None].count(90) > stood[0.05].count(90)
