"""Measures how well completion knows full scores of real flows: see README.md.

Usage: python benchmarks/hyperband/completion.py DATA [--repeats 60] [--output completion.json]
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from syftr_like.statistics.completion import completed

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

QUESTIONS = 125
ASKED = (12, 36, QUESTIONS)
SHARES = (0.55, 0.25, 0.2)
"""How many of the trials were asked so many questions: about as Hyperband leaves them."""

QUANTITIES: dict[str, tuple[str, bool, Callable[[Floats], Floats]]] = {
    "exact match": ("exact_match", False, lambda t: np.nanmean(t, axis=1)),
    "log mean cost": ("cost_usd", True, lambda t: np.log(np.nanmean(t, axis=1))),
    "log mean time": ("eval_time_s", True, lambda t: np.log(np.nanmean(t, axis=1))),
    "log p95 time": ("eval_time_s", True, lambda t: np.log(np.nanquantile(t, 0.95, axis=1))),
}


def errors(
    table: Floats, logarithmic: bool, value: Callable[[Floats], Floats], repeats: int
) -> dict[str, dict[str, float]]:
    """Return root mean square errors of the full value by questions asked and estimator."""
    rng = np.random.default_rng(0)
    squares: dict[int, list[tuple[Floats, Floats]]] = {asked: [] for asked in ASKED[:-1]}
    for _ in range(repeats):
        rows = rng.choice(len(table), 40, replace=False)
        full = table[np.ix_(rows, rng.permutation(table.shape[1])[:QUESTIONS])]
        asked = rng.choice(ASKED, 40, p=SHARES)
        asked[:3] = QUESTIONS
        part = np.where(np.arange(QUESTIONS) >= asked[:, None], np.nan, full)
        own = value(part) - value(full)
        estimate = value(completed(part, logarithmic=logarithmic)) - value(full)
        for count, pairs in squares.items():
            pairs.append((own[asked == count] ** 2, estimate[asked == count] ** 2))
    return {
        str(count): {
            name: round(float(np.sqrt(np.concatenate([pair[i] for pair in pairs]).mean())), 4)
            for i, name in enumerate(("own scores", "completed"))
        }
        for count, pairs in squares.items()
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("data", type=Path, help="the folder that holds recorded_outcomes")
    parser.add_argument("--repeats", type=int, default=60)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("completion.json"))
    options = parser.parse_args()
    rows = pd.read_csv(options.data / "recorded_outcomes" / "hotpot_flows.csv.gz")
    rows["trial"] = rows["strategy"] + " " + rows["model"] + " " + rows["run"]
    report = {}
    for name, (column, logarithmic, value) in QUANTITIES.items():
        table = rows.pivot(index="trial", columns="task_idx", values=column).to_numpy(float)
        report[name] = errors(table, logarithmic, value, options.repeats)
        print(name, report[name])
    options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
