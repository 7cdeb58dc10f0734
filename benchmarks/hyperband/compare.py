"""Compares Hyperband with full evaluation on a made-up problem: see README.md.

Usage: python benchmarks/hyperband/compare.py [--seeds 20] [--output results.json]
"""

from __future__ import annotations

import math
import statistics
from collections import Counter

import response
from response import problem

from syftr_like.search import EarlyStoppingMethod, make_early_stopping, make_proposer
from syftr_like.search.simulation import Simulation
from syftr_like.statistics.pareto import hypervolume

QUESTIONS, TRIALS, WORKERS = 125, 60, 2
FULL = QUESTIONS * TRIALS


def simulate(
    method: EarlyStoppingMethod,
    seed: int,
    *,
    objectives: int,
    share: float,
    trials: int = 400,
    min_questions: int = 12,
    eta: float = 3,
    alpha: float | None = 0.05,
    estimate: bool = True,
) -> Simulation:
    kinds = response.OBJECTIVES[objectives]
    simulation = Simulation(
        make_proposer("tpe", SPACE, kinds, response.CONSTRAINTS, trials=TRIALS, seed=seed),
        make_early_stopping(
            method, QUESTIONS, kinds, response.CONSTRAINTS, min_questions=min_questions, eta=eta
        ),
        response.METRICS,
        response.Response(QUESTIONS, seed),
        trials_wanted=trials,
        evaluations_allowed=round(share * FULL),
        workers=WORKERS,
        alpha=alpha,
        estimate=estimate,
    )
    simulation.run()
    return simulation


def measured_hypervolume(simulation: Simulation) -> float:
    """Of the front by the scores on all tune questions: accuracy and log10 cost."""
    points = [
        (-values["accuracy"], math.log10(values["usd_per_1k_questions"]))
        for values in map(simulation.values, simulation.front())
    ]
    return hypervolume(points, problem.REFERENCE) if points else 0.0


def true_hypervolume(simulation: Simulation) -> float:
    """Of the same front by what its flows would score on infinitely many questions."""
    points = [
        problem.truth(simulation.trials[number].proposal.params).point
        for number in simulation.front()
    ]
    return hypervolume(points, problem.REFERENCE) if points else 0.0


def row(simulation: Simulation) -> dict[str, float]:
    states = Counter(trial.state for trial in simulation.trials.values())
    return {
        "hypervolume": measured_hypervolume(simulation),
        "true_hypervolume": true_hypervolume(simulation),
        "trials": len(simulation.trials),
        "complete": states["complete"],
        "evaluations": simulation.evaluations,
    }


def medians(rows: list[dict[str, float]]) -> dict[str, float]:
    return {key: round(statistics.median(r[key] for r in rows), 4) for key in rows[0]}


SPACE = problem.load()
