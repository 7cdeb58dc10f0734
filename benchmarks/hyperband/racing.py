"""Measures how often racing errs, and which gaps it resolves: see README.md.

Usage: python benchmarks/hyperband/racing.py [--repeats 2000] [--output racing.json]
"""

from __future__ import annotations

import argparse
import json
import math
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from syftr_like.contracts.evaluator import Direction
from syftr_like.statistics.racing import Measure, dominated_by, log_evidence

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Answers = Callable[[np.random.Generator], Floats]

ACCURACY = Measure(Direction.MAXIMIZE, (0.0, 1.0))
USD = Measure(Direction.MINIMIZE)
LOOKS = (14, 42, 125)
EVERY_QUESTION = tuple(range(5, 126))


def false_stops(
    answers: Answers,
    looks: Sequence[int],
    *,
    front: int,
    repeats: int,
    alpha: float = 0.05,
    seed: int = 0,
) -> float:
    """Return how often the first of some flows is stopped although none dominates it.

    Every rival costs less on every question, so that accuracy alone decides.

    Args:
        answers: Draws right (1) and wrong (0) answers, shape (flows, questions).
        looks: After how many questions it is raced.
        front: How many of the others are rivals: the most accurate on all questions.
        repeats: How many worlds to draw.
        alpha: Of racing.
        seed: Of the worlds.
    """
    rng = np.random.default_rng(seed)
    stops = 0
    for _ in range(repeats):
        right = answers(rng)
        best = 1 + np.argsort(-right[1:].mean(axis=1), kind="stable")[:front]
        for n in looks:
            trial = [right[0, :n], np.full(n, 2.0)]
            rivals = {int(r): [right[r, :n], np.full(n, 1.0)] for r in best}
            among = len(right) - 1
            if dominated_by(trial, rivals, [ACCURACY, USD], alpha=alpha, among=among) is not None:
                stops += 1
                break
    return stops / repeats


def flows(count: int, accuracy: float, common: float, advantage: float = 0.0) -> Answers:
    """Return a drawer of flows of one accuracy, the first better by `advantage`."""

    def draw(rng: np.random.Generator) -> Floats:
        difficulty = rng.normal(size=LOOKS[-1])
        own = rng.normal(size=(count, LOOKS[-1]))
        ease = math.sqrt(common) * difficulty + math.sqrt(1 - common) * own
        right = ease > np.quantile(rng.normal(size=100_000), 1 - accuracy)
        if advantage:  # The first answers a few more questions, which the others do not.
            right[0] |= rng.random(LOOKS[-1]) < advantage / (1 - accuracy)
        return right.astype(np.float64)

    return draw


def twins(count: int, advantage: float) -> Answers:
    """Return a drawer of flows that answer alike, but that the first is better now and then."""

    def draw(rng: np.random.Generator) -> Floats:
        right = np.tile(rng.random(LOOKS[-1]) < 0.6, (count, 1))
        flipped = ~right[0] & (rng.random(LOOKS[-1]) < advantage / 0.4)
        right[0] |= flipped
        return right.astype(np.float64)

    return draw


def resolvable(questions: int, discordant: float, *, power: float, repeats: int) -> float:
    """Return the gap in accuracy to one rival that is found with the given probability.

    Args:
        questions: How many both answered.
        discordant: Share of questions on which the two differ; at least the gap.
        power: The probability.
        repeats: Worlds drawn for each gap tried.
    """
    low, high = 0.0, 1.0
    for _ in range(8):
        gap = (low + high) / 2
        rng = np.random.default_rng(0)
        up, down = (discordant + gap) / 2, max(0.0, (discordant - gap) / 2)
        up = max(up, gap)
        drawn = rng.random((repeats, questions))
        differences = np.where(drawn < up, 1.0, np.where(drawn < up + down, -1.0, 0.0))
        found = np.mean([log_evidence(row) >= math.log(1 / 0.05) for row in differences])
        low, high = (low, gap) if found >= power else (gap, high)
    return round(high, 3)


def smallest(questions: int) -> float:
    """Return the least observed gap that is evidence: the rest of the questions are ties."""
    for wins in range(questions + 1):
        differences = np.zeros(questions)
        differences[:wins] = 1.0
        if log_evidence(differences) >= math.log(1 / 0.05):
            return round(wins / questions, 3)
    return math.inf


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=2_000)
    parser.add_argument("--output", type=Path, default=Path(__file__).with_name("racing.json"))
    options = parser.parse_args()
    repeats = options.repeats
    worlds = {
        "2 equal flows": (flows(2, 0.6, 0.5), 1),
        "21 equal flows, 1 selected": (flows(21, 0.6, 0.5), 1),
        "21 equal flows, 5 selected": (flows(21, 0.6, 0.5), 5),
        "21 flows, the trial .03 better": (flows(21, 0.6, 0.5, 0.03), 5),
        "2 twins, the trial .03 better": (twins(2, 0.03), 1),
        "2 twins, the trial .10 better": (twins(2, 0.10), 1),
    }
    report = {
        "alpha": 0.05,
        "false_stops": {
            name: {
                "at 14, 42, 125": false_stops(draw, LOOKS, front=front, repeats=repeats),
                "after every question": false_stops(
                    draw, EVERY_QUESTION, front=front, repeats=repeats // 10
                ),
            }
            for name, (draw, front) in worlds.items()
        },
        "least_observed_gap": {str(n): smallest(n) for n in (12, 36, 120)},
        "gap_found_with_probability_.8": {
            f"{discordant} of the questions differ": {
                str(n): resolvable(n, discordant, power=0.8, repeats=1_000) for n in (12, 36, 120)
            }
            for discordant in (0.1, 0.2, 0.35)
        },
    }
    print(json.dumps(report, indent=2))
    options.output.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
