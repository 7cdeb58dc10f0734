"""Compares search methods on a made-up problem, with many seeds: see README.md.

Usage: python benchmarks/search/compare.py [--seeds 30] [--trials 120] [--output results.json]
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import time
from collections.abc import Sequence
from importlib.metadata import version
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING

import problem

from syftr_like.search import Method, Proposal, make_proposer, run_loop

if TYPE_CHECKING:
    from syftr_like.search import Feedback
    from syftr_like.space import Space

METHODS: tuple[Method, ...] = ("random", "tpe", "nsga2")
PAIRS = (("tpe", "random"), ("nsga2", "random"), ("tpe", "nsga2"))
CHECKPOINTS = (20, 40, 60, 90, 120, 200, 400)


def history(space: Space, method: Method, trials: int, seed: int) -> tuple[list[float], float]:
    """Return the hypervolume after each trial, and the seconds that proposing took."""
    noise = Random(f"noise {seed}")
    proposer = make_proposer(
        method, space, problem.OBJECTIVES, problem.CONSTRAINTS, trials=trials, seed=seed
    )
    truths: list[problem.Truth] = []
    curve: list[float] = []

    def evaluate(proposal: Proposal) -> Feedback:
        truths.append(problem.truth(proposal.params))
        curve.append(problem.hypervolume(truths))
        return problem.measured(proposal.params, noise)

    start = time.perf_counter()
    run_loop(proposer, evaluate, trials=trials)
    return curve, time.perf_counter() - start


def quartiles(values: Sequence[float]) -> dict[str, float]:
    low, middle, high = statistics.quantiles(values, n=4, method="inclusive")
    return {"q1": round(low, 4), "median": round(middle, 4), "q3": round(high, 4)}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=30)
    parser.add_argument("--trials", type=int, default=120)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("results.json"))
    options = parser.parse_args()

    space = problem.load()
    best = problem.attainable(space)
    marks = [mark for mark in CHECKPOINTS if mark <= options.trials]
    shares: dict[str, list[list[float]]] = {}
    results: dict[str, object] = {}
    for method in METHODS:
        runs = [history(space, method, options.trials, seed) for seed in range(options.seeds)]
        shares[method] = [[value / best for value in curve] for curve, _ in runs]
        results[method] = {
            "share_of_attainable_hypervolume": {
                str(mark): quartiles([curve[mark - 1] for curve in shares[method]])
                for mark in marks
            },
            "milliseconds_per_ask_and_tell": round(
                1000 * statistics.median(seconds for _, seconds in runs) / options.trials, 1
            ),
        }
        print(method, json.dumps(results[method], indent=1))
    wins = {
        f"{one} ahead of {other}": {
            str(mark): sum(
                a[mark - 1] > b[mark - 1] for a, b in zip(shares[one], shares[other], strict=True)
            )
            for mark in marks
        }
        for one, other in PAIRS
    }
    print("seeds in which", json.dumps(wins, indent=1))
    report = {
        "space": str(space.cardinality()),
        "seeds": options.seeds,
        "trials": options.trials,
        "versions": {
            "python": platform.python_version(),
            "optuna": version("optuna"),
            "pymoo": version("pymoo"),
        },
        "methods": results,
        "seeds_in_which": wins,
    }
    options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
