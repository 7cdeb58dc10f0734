"""Compares Hyperband with full evaluation on a made-up problem: see README.md.

Usage: python benchmarks/hyperband/compare.py [--seeds 20] [--output results.json]
"""

from __future__ import annotations

import argparse
import json
import math
import statistics
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from functools import partial
from pathlib import Path
from typing import Any

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


def simulated_row(seed: int, **choices: Any) -> dict[str, float]:
    return row(simulate(seed=seed, **choices))


def ratios(runs: list[dict[str, float]], full: list[dict[str, float]]) -> dict[str, float]:
    """Medians, and how the hypervolumes stand to those of full evaluation, seed by seed."""
    found = {key: round(statistics.median(run[key] for run in runs), 4) for key in runs[0]}
    for key in ("hypervolume", "true_hypervolume"):
        of_medians = found[key] / statistics.median(run[key] for run in full)
        pairs = [run[key] / other[key] for run, other in zip(runs, full, strict=True)]
        found[f"{key}_ratio_of_medians"] = round(of_medians, 3)
        found[f"{key}_mean_ratio"] = round(statistics.mean(pairs), 3)
        found[f"{key}_standard_error"] = round(statistics.stdev(pairs) / len(pairs) ** 0.5, 3)
    return found


VARIANTS: dict[str, dict[str, Any]] = {
    "full evaluation": {"method": "none", "share": 1.0, "trials": TRIALS},
    "full evaluation of half the trials": {"method": "none", "share": 0.5},
    "hyperband": {"method": "hyperband", "share": 0.5},
    "hyperband, proposer told scores so far": {
        "method": "hyperband", "share": 0.5, "estimate": False,
    },
    "hyperband without racing": {"method": "hyperband", "share": 0.5, "alpha": None},
    "hyperband, 60 trials": {"method": "hyperband", "share": 1.0, "trials": TRIALS},
}  # fmt: skip


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results.json"))
    options = parser.parse_args()
    report: dict[str, object] = {
        "questions": QUESTIONS,
        "trials of full evaluation": TRIALS,
        "seeds": options.seeds,
    }
    for objectives in (2, 3):
        full: list[dict[str, float]] = []
        found: dict[str, dict[str, float]] = {}
        for name, choices in VARIANTS.items():
            job = partial(simulated_row, objectives=objectives, **choices)
            with ProcessPoolExecutor(2) as pool:
                runs = list(pool.map(job, range(options.seeds)))
            full = full or runs
            found[name] = ratios(runs, full)
            print(objectives, name, json.dumps(found[name]), flush=True)
        report[f"{objectives} objectives"] = found
    options.output.write_text(json.dumps(report, indent=2) + "\n")


SPACE = problem.load()

if __name__ == "__main__":
    main()
