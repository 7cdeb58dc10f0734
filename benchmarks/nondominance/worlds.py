"""Studies whose truth is known: simulated ones, and subsets of a large table of real outcomes."""

from __future__ import annotations

import gzip
import os
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtr

from syftr_like.contracts import Aggregation, Direction, Mean, Quantile

Floats = NDArray[np.float64]
DATA = Path(os.environ.get("SYFTR_LIKE_DATA", Path(__file__).parents[3] / "shared" / "data"))


@dataclass(frozen=True)
class Metric:
    direction: Direction
    aggregation: Aggregation
    bounds: tuple[float | None, float | None]


QUALITY = Metric(Direction.MAXIMIZE, Mean(), (0.0, 1.0))
COST = Metric(Direction.MINIMIZE, Mean(), (0.0, None))
LATENCY = Metric(Direction.MINIMIZE, Quantile(0.95), (0.0, None))


@dataclass(frozen=True)
class Study:
    """Scores of every trial per metric, and the true losses, shape (trials, metrics)."""

    metrics: tuple[Metric, ...]
    tune: tuple[Floats, ...]
    holdout: tuple[Floats, ...]
    truth: Floats


@dataclass(frozen=True)
class World:
    """Simulated trials in families that share a part of their answers.

    Attributes:
        spread: Standard deviation of the trials' ability, in units of question difficulty.
        cost_of_quality: How much a trial's log cost rises with its ability.
        broken: Share of the trials that are far worse than the others.
        twins: Share of the trials that answer exactly as another one does, at another cost.
        trials: How many.
        tune: Questions on the tune split.
        holdout: Questions on the holdout split.
        latency: Whether a p95 latency is a third objective.
    """

    spread: float
    cost_of_quality: float = 1.0
    broken: float = 0.0
    twins: float = 0.0
    trials: int = 60
    tune: int = 96
    holdout: int = 64
    latency: bool = False

    FAMILIES = 8
    SHARED = 0.7  # of the variance of a trial's luck on a question

    def draw(self, rng: np.random.Generator) -> Study:
        count = self.trials
        family = rng.integers(0, self.FAMILIES, count)
        shared_ability = rng.normal(0, 1, self.FAMILIES)[family]
        ability = self.spread * np.sqrt(0.5) * (shared_ability + rng.normal(0, 1, count))
        ability = ability - 2.5 * (rng.random(count) < self.broken)
        log_cost = rng.normal(0, 1, count) + self.cost_of_quality * ability
        log_time = 0.5 * log_cost + rng.normal(0, 0.5, count)
        original = np.arange(count)
        copies = rng.permutation(count)[: int(self.twins * count)]
        originals = np.setdiff1d(original, copies)
        original[copies] = rng.choice(originals, len(copies))
        ability, family = ability[original], family[original]
        log_cost = log_cost[original] + rng.normal(0, 0.05, count) * (original != np.arange(count))

        def split(n: int) -> tuple[Floats, ...]:
            easy = rng.normal(0, 1, n) + 0.3
            luck = np.sqrt(self.SHARED) * rng.normal(0, 1, (self.FAMILIES, n))[family]
            luck = luck + np.sqrt(1 - self.SHARED) * rng.normal(0, 1, (count, n))[original]
            right = (luck < ability[:, None] + easy).astype(np.float64)
            long = rng.normal(0, 1, n)
            usd = np.exp(log_cost[:, None] + 0.4 * long + 0.2 * rng.normal(0, 1, (count, n)))
            seconds = np.exp(log_time[:, None] + 0.3 * long + 0.3 * rng.normal(0, 1, (count, n)))
            return (right, usd, seconds) if self.latency else (right, usd)

        truth = [-ndtr((ability + 0.3) / np.sqrt(2)), log_cost, log_time]
        metrics = (QUALITY, COST, LATENCY) if self.latency else (QUALITY, COST)
        return Study(
            metrics,
            split(self.tune),
            split(self.holdout),
            np.round(np.stack(truth[: len(metrics)], axis=1), 12),
        )


@dataclass(frozen=True)
class RealWorld:
    """Language models on MMLU-Pro: right or wrong, at the cost of the length of the output.

    The truth is their value over all questions that every model has; a study sees some of them.
    It sees `models` of the 29 models, picked at random: two of them dominate most others, and all
    29 together would be the same world in every study.
    """

    right: Floats
    length: Floats
    tune: int
    holdout: int
    models: int

    @classmethod
    def load(cls, tune: int, holdout: int, models: int) -> RealWorld:
        path = DATA / "recorded_outcomes" / "mmlu_pro_models.csv.gz"
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            header = next(lines).rstrip("\n").split(",")
            columns = [header.index(n) for n in ("question_id", "model", "correct", "out_words")]
            cells: dict[tuple[str, str], tuple[float, float]] = {}
            for line in lines:
                parts = line.rstrip("\n").split(",")
                question, model, correct, words = (parts[c] for c in columns)
                # A reply of no words still costs its request.
                cells[question, model] = (float(correct), float(words) + 1)
        names = sorted({model for _, model in cells})
        questions = sorted({question for question, _ in cells})
        complete = [q for q in questions if all((q, m) in cells for m in names)]
        table = np.array([[cells[q, m] for q in complete] for m in names])
        return cls(table[:, :, 0], table[:, :, 1], tune, holdout, models)

    def draw(self, rng: np.random.Generator) -> Study:
        some = rng.choice(len(self.right), self.models, replace=False)
        right, length = self.right[some], self.length[some]
        picked = rng.choice(right.shape[1], self.tune + self.holdout, replace=False)
        tune, holdout = picked[: self.tune], picked[self.tune :]
        return Study(
            (QUALITY, COST),
            (right[:, tune], length[:, tune]),
            (right[:, holdout], length[:, holdout]),
            np.stack([-right.mean(axis=1), length.mean(axis=1)], axis=1),
        )
