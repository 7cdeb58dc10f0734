"""Measures how long TPE takes to propose, by the number of trials told: see README.md.

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

from syftr_like.search import make_proposer, tpe

TOLD = (50, 100, 200, 500, 1_000, 2_000, 5_000)
CAPS = (250, 500, 1_000, 10_000)
ASKS = 8


def cpu_milliseconds(told: int, cap: int) -> float:
    """Return the median CPU time of an ask and a tell after so many trials."""
    tpe.HISTORY_CAP = cap
    space = problem.load()
    proposer = make_proposer(
        "tpe", space, problem.OBJECTIVES, problem.CONSTRAINTS, trials=told, seed=0
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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("timing.json"))
    options = parser.parse_args()
    report = {
        str(told): {
            str(cap): cpu_milliseconds(told, cap)
            for cap in CAPS
            if cap == CAPS[0] or told > cap / 2 or (cap == CAPS[-1] and told <= 2_000)
        }
        for told in TOLD
    }
    for told, row in report.items():
        print(told, row)
    options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
