"""Hyperband against full evaluation on the quickstart, with half of the question-evaluations.

For each seed, two real studies in this process, one after the other: trials that all answer every
tune question, and Hyperband, with as many trials as make no more than half of the evaluations. A
seed where they make more is told and left in. The full search is also cut off at half of its
evaluations, for comparison.

Compared is the hypervolume of the two fronts: accuracy, logarithm of the cost, and logarithm of the
latency, up to a stated reference point. By the tune split, on which the members were picked, and by
the holdout split, which neither search has seen. On the tune split a front of many candidates
flatters itself: in accuracy, because the luckiest of 125 answers are picked, and in cost and
latency, because the luckiest clockings are. Full evaluation has four times as many candidates.

All studies share a cache, which replays costs and latencies as they were first measured. Without
it, whichever study runs while the machine is slower pays more for the same flows: a tenth in cost
is some 3 % of hypervolume, more than what is to be measured.

Usage: python benchmarks/quickstart/early_stopping.py [--trials 60] [--hyperband-trials 104]
    [--seeds 10] [--first-seed 0] [--vary-split] [--output FILE]
"""

from __future__ import annotations

import argparse
import json
import math
import os
import platform
import statistics
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from syftr_like import Study, StudyRun
from syftr_like.results import TrialState
from syftr_like.statistics.estimate import Estimate
from syftr_like.statistics.pareto import hypervolume

SPLIT = 7
"""Seed of the quickstart's own split, which orders the questions too."""

REFERENCE = {"answer_match": 0.0, "usd_per_1k_questions": 1e-3, "latency_p95_s": 1.0}
"""No correct answer, a tenth of a cent per thousand questions, a second."""


def run(folder: Path, seed: int, method: str, trials: int, split: int = SPLIT) -> StudyRun:
    study = Study.from_yaml(
        "quickstart",
        settings={
            "study": f"{method}-{seed}",
            "search.seed": seed,
            "search.trials": trials,
            "dataset.split.seed": split,
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


def tune_volume(done: StudyRun, until: float, metrics: list[str], answering: bool) -> float:
    """Return the hypervolume of the trials that were complete by then, on the tune split."""
    complete = [
        trial
        for trial in done.result.trials
        if trial.state is TrialState.COMPLETE
        and trial.rungs[-1].at <= until
        and not (answering and trial.tune["abstention_rate"].value == 1)
    ]
    return volume([trial.tune for trial in complete], metrics)


def holdout_volume(done: StudyRun, metrics: list[str], answering: bool) -> float:
    """Return the hypervolume of the members of the front, on the holdout split."""
    members = [trial for trial in done.result.trials if trial.id in done.result.front]
    answers = [m for m in members if not (answering and m.tune["abstention_rate"].value == 1)]
    return volume([m.holdout for m in answers if m.holdout], metrics)


def volume(values: Sequence[Mapping[str, Estimate]], metrics: list[str]) -> float:
    points = [[loss(metric, of[metric].value) for metric in metrics] for of in values]
    return hypervolume(points, [loss(m, REFERENCE[m]) for m in metrics]) if points else 0.0


def loss(metric: str, value: float) -> float:
    return -value if metric == "answer_match" else math.log10(value)


def compared(full: StudyRun, early: StudyRun) -> dict[str, object]:
    made = evaluations(full)
    half = len(made) // 2
    row: dict[str, object] = {
        "evaluations": len(made),
        "evaluations_of_hyperband": len(evaluations(early)),
        "half": half,
        "complete_of_hyperband": sum(t.state is TrialState.COMPLETE for t in early.result.trials),
        "front": [len(full.result.front), len(early.result.front)],
    }
    for name, metrics in (
        ("accuracy_cost", ["answer_match", "usd_per_1k_questions"]),
        ("accuracy_cost_latency", list(REFERENCE)),
    ):
        for answering in (False, True):
            whole = tune_volume(full, math.inf, metrics, answering)
            row[name + ("_answering" if answering else "")] = {
                "tune": tune_volume(early, math.inf, metrics, answering) / whole,
                "tune_of_half_the_trials": tune_volume(full, made[half - 1], metrics, answering)
                / whole,
                "holdout": holdout_volume(early, metrics, answering)
                / holdout_volume(full, metrics, answering),
            }
    return row


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=60, help="of full evaluation")
    parser.add_argument("--hyperband-trials", type=int, default=104)
    parser.add_argument("--seeds", type=int, default=10)
    parser.add_argument("--first-seed", type=int, default=0)
    parser.add_argument(
        "--vary-split", action="store_true", help="another split and order of questions per seed"
    )
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".json"))
    options = parser.parse_args()
    rows: list[dict[str, object]] = []
    with tempfile.TemporaryDirectory() as folder:
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            split = SPLIT + seed if options.vary_split else SPLIT
            full = run(Path(folder), seed, "none", options.trials, split)
            early = run(Path(folder), seed, "hyperband", options.hyperband_trials, split)
            rows.append({"seed": seed, "split": split, **compared(full, early)})
            print(json.dumps(rows[-1]), flush=True)
            write(options, rows)
    print(json.dumps(summary(rows), indent=1))


def write(options: argparse.Namespace, rows: list[dict[str, object]]) -> None:
    report = {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "trials": {"full": options.trials, "hyperband": options.hyperband_trials},
        "reference": REFERENCE,
        **summary(rows),
        "seeds": rows,
    }
    options.output.write_text(json.dumps(report, indent=1) + "\n")


def summary(rows: list[dict[str, object]]) -> dict[str, dict[str, dict[str, float]]]:
    found: dict[str, dict[str, dict[str, float]]] = {"median": {}, "mean": {}, "standard_error": {}}
    for name, of in rows[0].items():
        if not isinstance(of, dict):
            continue
        for told in found.values():
            told[name] = {}
        for ratio in of:
            values = [row[name][ratio] for row in rows]  # type: ignore[index]
            found["median"][name][ratio] = round(statistics.median(values), 4)
            found["mean"][name][ratio] = round(statistics.fmean(values), 4)
            if len(values) > 1:
                error = statistics.stdev(values) / math.sqrt(len(values))
                found["standard_error"][name][ratio] = round(error, 4)
    return found


if __name__ == "__main__":
    main()
