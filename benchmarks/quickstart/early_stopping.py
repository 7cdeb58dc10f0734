"""Hyperband against full evaluation on the quickstart, with half of the question-evaluations.

For each seed, two real studies in this process, one after the other: trials that all answer every
tune question, and Hyperband. Of Hyperband's only as many question-evaluations count as half of the
other's, in the order in which they were made; its front is that of the trials that were complete
by then. The full search is also cut off at half of its evaluations, for comparison.

Compared is the hypervolume of the two fronts on the tune split: accuracy, logarithm of the cost,
and logarithm of the latency, up to a stated reference point.

All studies share a cache, which replays costs and latencies as they were first measured. Without
it, whichever study runs while the machine is slower pays more for the same flows: a tenth in cost
is some 3 % of hypervolume, more than what is to be measured.

Usage: python benchmarks/quickstart/early_stopping.py [--trials 60] [--seeds 10] [--output FILE]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import tempfile
from pathlib import Path

from syftr_like import Study, StudyRun
from syftr_like.results import TrialState
from syftr_like.statistics.pareto import hypervolume

REFERENCE = {"answer_match": 0.0, "usd_per_1k_questions": 1e-3, "latency_p95_s": 1.0}
"""No correct answer, a tenth of a cent per thousand questions, a second."""

MORE = 5 / 3
"""Trials of Hyperband for each of full evaluation: somewhat more than the evaluations allow."""


def run(folder: Path, seed: int, method: str, trials: int) -> StudyRun:
    study = Study.from_yaml(
        "quickstart",
        settings={
            "study": f"{method}-{seed}",
            "search.seed": seed,
            "search.trials": trials,
            "search.early_stopping.method": method,
            "workers.count": 0,
            "cache.place": str(folder / "cache"),
            "tracking.mlflow": None,
            "budget.minutes": None,
        },
    )
    return study.optimize(runs=folder)


def evaluations(done: StudyRun) -> list[float]:
    """Return when each tune evaluation was made, in order."""
    table = done.evaluations
    return sorted(table[table["split"] == "tune"]["finished_at"])


def volume(done: StudyRun, until: float, *, answering: bool, metrics: list[str]) -> float:
    """Return the hypervolume of the trials that were complete by then."""
    points = []
    for trial in done.result.trials:
        if trial.state is not TrialState.COMPLETE or trial.rungs[-1].at > until:
            continue
        if answering and trial.tune["abstention_rate"].value == 1:
            continue
        points.append([loss(metric, trial.tune[metric].value) for metric in metrics])
    return hypervolume(points, [loss(m, REFERENCE[m]) for m in metrics]) if points else 0.0


def loss(metric: str, value: float) -> float:
    return -value if metric == "answer_match" else math.log10(value)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=60, help="of full evaluation")
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".json"))
    options = parser.parse_args()
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.seeds):
            full = run(Path(folder), seed, "none", options.trials)
            half = len(evaluations(full)) // 2
            middle = evaluations(full)[half - 1]
            early = run(Path(folder), seed, "hyperband", round(options.trials * MORE))
            made = evaluations(early)
            until = made[half - 1] if len(made) >= half else math.inf
            row: dict[str, object] = {
                "seed": seed,
                "evaluations": len(evaluations(full)),
                "evaluations_of_hyperband": min(half, len(made)),
                "evaluations_at_the_end": len(made),
                "trials_of_hyperband": sum(t.started_at <= until for t in early.result.trials),
                "complete_of_hyperband": sum(
                    t.state is TrialState.COMPLETE and t.rungs[-1].at <= until
                    for t in early.result.trials
                ),
            }
            for name, metrics in (
                ("accuracy_cost", ["answer_match", "usd_per_1k_questions"]),
                ("accuracy_cost_latency", list(REFERENCE)),
            ):
                for answering in (False, True):
                    whole = volume(full, math.inf, answering=answering, metrics=metrics)
                    part = volume(early, until, answering=answering, metrics=metrics)
                    less = volume(full, middle, answering=answering, metrics=metrics)
                    end = volume(early, math.inf, answering=answering, metrics=metrics)
                    row[name + ("_answering" if answering else "")] = {
                        "full": round(whole, 4),
                        "hyperband": round(part, 4),
                        "ratio": round(part / whole, 4),
                        "ratio_at_the_end": round(end / whole, 4),
                        "ratio_of_half_the_trials": round(less / whole, 4),
                    }
            rows.append(row)
            print(json.dumps(row))
    names = [name for name, value in rows[0].items() if isinstance(value, dict)]
    medians = {
        ratio: {
            name: statistics.median(row[name][ratio] for row in rows)  # type: ignore[index]
            for name in names
        }
        for ratio in ("ratio", "ratio_at_the_end", "ratio_of_half_the_trials")
    }
    report = {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "trials": {"full": options.trials, "hyperband": round(options.trials * MORE)},
        "reference": REFERENCE,
        "medians": medians,
        "seeds": rows,
    }
    options.output.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(medians, indent=1))


if __name__ == "__main__":
    main()
