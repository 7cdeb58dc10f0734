"""How well probabilities of non-dominance hold: the model against bootstraps of either split.

    python benchmarks/nondominance/calibration.py [studies per world, 300 by default]

Prints a table in Markdown; about five minutes on one core.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray
from worlds import DATA, Floats, RealWorld, Study, World

from syftr_like.contracts import Direction, Quantile
from syftr_like.statistics.nondominance import ObjectiveScores, p_nondominated
from syftr_like.statistics.pareto import non_dominated

BINS = 10
DRAWS = 1000
REPLICATES = 400

Method = Callable[[Study, NDArray[np.int_], np.random.Generator], Floats]


def aggregated(scores: Floats, metric: int, study: Study) -> Floats:
    aggregation = study.metrics[metric].aggregation
    if isinstance(aggregation, Quantile):
        return np.quantile(scores, aggregation.level, axis=-1)
    return scores.mean(axis=-1)


def loss(scores: Floats, metric: int, study: Study) -> Floats:
    sign = -1 if study.metrics[metric].direction is Direction.MAXIMIZE else 1
    return sign * aggregated(scores, metric, study)


def model(study: Study, front: NDArray[np.int_], rng: np.random.Generator) -> Floats:
    return p_nondominated(
        [
            ObjectiveScores(tune, holdout[front], m.direction, m.aggregation, m.bounds)
            for m, tune, holdout in zip(study.metrics, study.tune, study.holdout, strict=True)
        ],
        front.tolist(),
        draws=DRAWS,
        seed=int(rng.integers(2**32)),
    )


def bootstrap(split: str) -> Method:
    def resampled(study: Study, front: NDArray[np.int_], rng: np.random.Generator) -> Floats:
        scores = [table[front] for table in getattr(study, split)]
        n = scores[0].shape[1]
        picked = rng.integers(0, n, (REPLICATES, n))
        losses = np.stack([loss(s[:, picked], k, study) for k, s in enumerate(scores)], axis=2)
        return np.mean([non_dominated(losses[:, r]) for r in range(REPLICATES)], axis=0)

    return resampled


METHODS: Mapping[str, Method] = {
    "model": model,
    "bootstrap of holdout": bootstrap("holdout"),
    "bootstrap of tune": bootstrap("tune"),
}


def calibration_error(p: Floats, truth: Floats) -> float:
    """Mean distance of predicted and true frequency over ten bins of p, weighted by their size."""
    bins = np.minimum((p * BINS).astype(int), BINS - 1)
    return float(
        sum(
            (bins == b).mean() * abs(p[bins == b].mean() - truth[bins == b].mean())
            for b in range(BINS)
            if (bins == b).any()
        )
    )


def main(studies: int) -> None:
    worlds: dict[str, World | RealWorld] = {
        "spread": World(spread=0.5),
        "near ties": World(spread=0.1),
        "quality costs": World(spread=0.5, cost_of_quality=3.0),
        "40 % broken": World(spread=0.2, broken=0.4),
        "half are twins": World(spread=0.4, twins=0.5),
        "20 trials, 24 + 16 questions": World(spread=0.5, trials=20, tune=24, holdout=16),
        "with p95 latency": World(spread=0.5, latency=True),
    }
    if (DATA / "recorded_outcomes").is_dir():
        worlds["MMLU-Pro, 14 models, 96 + 64"] = RealWorld.load(96, 64, models=14)
        worlds["MMLU-Pro, 14 models, 36 + 24"] = RealWorld.load(36, 24, models=14)
        worlds["MMLU-Pro, all 29 models, 96 + 64"] = RealWorld.load(96, 64, models=29)
        worlds["MMLU-Pro, all 29 models, 36 + 24"] = RealWorld.load(36, 24, models=29)
    print("| world | members | truly non-dominated | chance | " + " | ".join(METHODS) + " |")
    print("|---|---|---|---|" + "---|" * len(METHODS))
    for name, world in worlds.items():
        rng = np.random.default_rng(2026)
        found: dict[str, list[Floats]] = {method: [] for method in METHODS}
        truths: list[Floats] = []
        for _ in range(studies):
            study = world.draw(rng)
            tuned = np.stack([loss(t, k, study) for k, t in enumerate(study.tune)], axis=1)
            front = np.flatnonzero(non_dominated(tuned))
            if len(front) < 2:
                continue
            truths.append(non_dominated(study.truth[front]).astype(np.float64))
            for method, predict in METHODS.items():
                found[method].append(predict(study, front, rng))
        truth = np.concatenate(truths)
        cells = []
        for method in METHODS:
            p = np.concatenate(found[method])
            cells.append(f"{calibration_error(p, truth):.3f} / {((p - truth) ** 2).mean():.3f}")
        p = np.concatenate(found["model"])
        chance = np.mean([calibration_error(p, 1.0 * (rng.random(len(p)) < p)) for _ in range(50)])
        print(
            f"| {name} | {len(truth)} | {truth.mean():.3f} | {chance:.3f} | "
            + " | ".join(cells)
            + " |",
            flush=True,
        )


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
