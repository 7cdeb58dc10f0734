"""Scores of single questions for the made-up problem of `benchmarks/search`.

A flow's expected values are those of `problem.truth`; each question has a difficulty common to
all flows, one for each option that a flow takes, and one of its own. Costs and times vary by
question, too, and flows agree on what is long.
"""

from __future__ import annotations

import math
import sys
from collections.abc import Mapping
from pathlib import Path
from statistics import NormalDist
from typing import TYPE_CHECKING

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent / "search"))
import problem

from syftr_like.contracts.evaluator import Direction, Mean, Quantile
from syftr_like.search import Constraint, Objective
from syftr_like.search.seeding import derived_seed
from syftr_like.search.simulation import RecordedMetric
from syftr_like.statistics.racing import Measure

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from syftr_like.search.proposer import Value

COMMON, OPTIONS = 0.7, 0.15
"""Shares of a score's variance that come from the question, and from the options on it."""

SPREAD = 0.4
"""Standard deviation of the logarithm of a question's cost and time, half of it in common."""

ACCURACY = Objective("accuracy", Direction.MAXIMIZE)
USD = Objective("usd_per_1k_questions", Direction.MINIMIZE)
LATENCY = Objective("latency_p95_s", Direction.MINIMIZE)
OBJECTIVES = {2: (ACCURACY, USD), 3: (ACCURACY, USD, LATENCY)}
CONSTRAINTS = (Constraint("latency_p95_s", "<=", 2 * problem.LATENCY_BOUND_S),)
METRICS = {
    "accuracy": RecordedMetric(Measure(Direction.MAXIMIZE, (0.0, 1.0)), Mean()),
    "usd_per_1k_questions": RecordedMetric(Measure(Direction.MINIMIZE), Mean(), logarithmic=True),
    "latency_p95_s": RecordedMetric(Measure(Direction.MINIMIZE), Quantile(0.95), logarithmic=True),
}


class Response:
    """A set of questions, and every flow's scores on them."""

    def __init__(self, questions: int, seed: int) -> None:
        self.questions = questions
        self.seed = seed
        self._difficulty = self._normal("difficulty")
        self._length = self._normal("length")

    def __call__(self, params: Mapping[str, Value]) -> dict[str, NDArray[np.float64]]:
        exact = problem.truth(params)
        choices = [f"{path}={value}" for path, value in params.items() if isinstance(value, str)]
        options = sum(self._normal(choice) for choice in choices) / math.sqrt(len(choices))
        own = self._normal(str(sorted(params.items())))
        ease = (
            math.sqrt(COMMON) * self._difficulty
            + math.sqrt(OPTIONS) * options
            + math.sqrt(1 - COMMON - OPTIONS) * own
        )
        able = NormalDist().inv_cdf(min(max(exact.accuracy, 0.001), 0.999))
        size = np.exp(SPREAD * (self._length + own) / math.sqrt(2) - SPREAD**2 / 2)
        return {
            "accuracy": (able + ease > 0).astype(np.float64),
            "usd_per_1k_questions": exact.usd * size,
            "latency_p95_s": exact.latency_s * size,
        }

    def _normal(self, what: str) -> NDArray[np.float64]:
        rng = np.random.default_rng(derived_seed(self.seed, what))
        return rng.normal(size=self.questions)
