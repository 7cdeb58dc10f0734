"""200 trials of `rag_local.yaml` on two workers with a cold cache, and again with a warm one.

The first study must build each distinct index-time result once, whichever worker needs it; the
second, with an empty ledger, must build none, make no model call and report the same costs. Then
the same in this process, several times, to measure what flows take cold and warm: the time inside
the worker, from a flow's preparation to its last answer, with and without that of the metrics,
which score every answer anew.

Usage: python benchmarks/cache/two_hundred_trials.py [--trials 200] [--output FILE]
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import tempfile
import time
from pathlib import Path
from typing import Any

import syftr_like.evaluation.evaluate as evaluate
from syftr_like import Study, StudyRun
from syftr_like.cache import open_cache
from syftr_like.execution.worker import FlowWorker

REPEATS = 3


def run(folder: Path, trials: int, workers: int, place: Path) -> StudyRun:
    study = Study.from_yaml(
        "quickstart",
        settings={
            # Draws do not depend on what was measured, so that a second study makes the same.
            "search.method": "random",
            "search.trials": trials,
            "search.early_stopping.method": "none",
            "workers.count": workers,
            "cache.place": str(place),
            "tracking.mlflow": None,
            "budget.minutes": None,
        },
    )
    return study.optimize(runs=folder, fresh=True)


def costs(done: StudyRun) -> dict[tuple[int, str, str], tuple[float, float]]:
    """Return what each evaluation cost and how long it took."""
    table = done.evaluations
    keys = zip(table["trial"], table["split"], table["question"], strict=True)
    values = zip(table["usd"], table["latency_s"], strict=True)
    return dict(zip(keys, values, strict=True))


class Stopwatch:
    """Adds up the time inside a function of this process."""

    def __init__(self, owner: Any, name: str) -> None:
        self.seconds = 0.0
        self._owner, self._name, self._inner = owner, name, getattr(owner, name)

    def __enter__(self) -> Stopwatch:
        def timed(*arguments: Any) -> Any:
            started = time.perf_counter()
            try:
                return self._inner(*arguments)
            finally:
                self.seconds += time.perf_counter() - started

        setattr(self._owner, self._name, timed)
        return self

    def __exit__(self, *exc_info: object) -> None:
        setattr(self._owner, self._name, self._inner)


def shown(times: dict[str, list[float]]) -> dict[str, list[float]]:
    ratios = [round(c / w, 1) for c, w in zip(times["cold"], times["warm"], strict=True)]
    return {what: [round(s, 2) for s in seconds] for what, seconds in times.items()} | {
        "ratio": ratios
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--trials", type=int, default=200)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_suffix(".json"))
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        place = root / "cache"
        cold = run(root / "runs", options.trials, 2, place)
        distinct = len(open_cache(str(place)).keys("index"))
        warm = run(root / "runs", options.trials, 2, place)
        same = costs(cold) == costs(warm)
        workers: dict[str, list[float]] = {"cold": [], "warm": []}
        flows: dict[str, list[float]] = {"cold": [], "warm": []}
        for repeat in range(REPEATS):
            for what in ("cold", "warm"):
                whole, scoring = Stopwatch(FlowWorker, "run"), Stopwatch(evaluate, "score_outcome")
                with whole, scoring:
                    run(root / "timed", options.trials, 0, root / f"cache-{repeat}")
                workers[what].append(whole.seconds)
                flows[what].append(whole.seconds - scoring.seconds)
    report = {
        "machine": f"{os.cpu_count()} cores, Python {platform.python_version()}",
        "trials": options.trials,
        "evaluations": cold.result.spent.evaluations,
        "distinct_index_time_results": distinct,
        "built_cold_by_two_workers": cold.result.spent.index_builds,
        "built_warm": warm.result.spent.index_builds,
        "model_calls_warm": warm.result.spent.model_calls,
        "same_cost_and_latency_of_every_evaluation": same,
        "seconds_in_components": shown(flows),
        "seconds_with_metrics": shown(workers),
    }
    options.output.write_text(json.dumps(report, indent=1) + "\n")
    print(json.dumps(report, indent=1))


if __name__ == "__main__":
    main()
