"""Measures how long methods take to propose, by the number of trials told: see README.md.

Usage: python benchmarks/search/timing.py [--output timing.json]
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from pathlib import Path
from random import Random

import problem

from syftr_like.search import Method, make_proposer, tpe

TOLD = (50, 100, 200, 500, 1_000, 2_000, 5_000)
CAPS = (250, 500, 1_000, 10_000)
OTHERS: tuple[Method, ...] = ("nsga2", "nsga3")
ASKS = 8


def cpu_milliseconds(method: Method, told: int) -> float:
    """Return the median CPU time of an ask and a tell after so many trials."""
    space = problem.load()
    proposer = make_proposer(
        method, space, problem.OBJECTIVES, problem.CONSTRAINTS, trials=told, seed=0
    )
    rng, noise = Random(0), Random(1)
    while proposer.proposed < told:
        params = space.sample(rng)
        proposer.restore(params, problem.measured(params, noise))
    proposer.ask()  # Makes the records of all earlier trials, once.
    times = []
    for _ in range(ASKS):
        start = time.process_time()
        proposal = proposer.ask()
        assert proposal is not None
        proposer.tell(proposal.number, problem.measured(proposal.params, noise))
        times.append(1000 * (time.process_time() - start))
    return round(statistics.median(times), 1)


def row(told: int) -> dict[str, float]:
    """Return the times after so many trials: of TPE by its cap, then of the other methods."""
    times = {}
    for cap in CAPS:
        if cap == CAPS[0] or told > cap / 2 or (cap == CAPS[-1] and told <= 2_000):
            tpe.HISTORY_CAP = cap
            times[str(cap)] = cpu_milliseconds("tpe", told)
    return times | {method: cpu_milliseconds(method, told) for method in OTHERS}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("timing.json"))
    options = parser.parse_args()
    report = {}
    for told in TOLD:
        report[str(told)] = row(told)
        print(told, report[str(told)], flush=True)
    options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
