"""Measures what thinning the history costs TPE in quality: see README.md.

Usage: python benchmarks/search/thinning.py [--output thinning.json]
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import compare
import problem

from syftr_like.search import tpe

CAPS = (200, 500, 10_000)
TRIALS = 700
CHECKPOINTS = (200, 400, 550, 700)
SEEDS = 5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("thinning.json"))
    options = parser.parse_args()
    space = problem.load()
    best = problem.attainable(space)
    report: dict[str, dict[str, list[float]]] = {}
    for cap in CAPS:
        tpe.HISTORY_CAP = cap
        curves = [compare.history(space, "tpe", TRIALS, seed)[0] for seed in range(SEEDS)]
        report[str(cap)] = {
            str(mark): sorted(round(curve[mark - 1] / best, 4) for curve in curves)
            for mark in CHECKPOINTS
        }
        print(cap, report[str(cap)], flush=True)
    options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
