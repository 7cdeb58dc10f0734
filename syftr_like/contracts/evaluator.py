"""What an evaluator is: a named quantity, scored per question and aggregated per trial."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from .outcome import Outcome
from .values import Question


class Direction(StrEnum):
    """Whether more or less of the quantity is better."""

    MAXIMIZE = "maximize"
    MINIMIZE = "minimize"


@dataclass(frozen=True, slots=True)
class Mean:
    """The mean over the questions that the metric applies to. Failures count."""


@dataclass(frozen=True, slots=True)
class Quantile:
    """A quantile over the questions: `level` in (0, 1)."""

    level: float


Aggregation = Mean | Quantile


class Evaluator(ABC):
    """One metric. Stateless and deterministic: raw outcomes can be scored again later.

    Attributes:
        name: The metric's name in studies, reports and MLflow, lower snake case.
        version: Raised whenever the same outcome would get another score.
        direction: Which way is better.
        unit: For people: `share`, `s`, `USD`, `tokens`.
        aggregation: How scores become the trial's value.
        worst: The score of a failed question. None for metrics of cost and time, which score a
            failed outcome by what it consumed.
        bounds: Least and greatest possible score, None where there is none.
        standard: Whether a study that does not list its metrics reports it. Only for metrics
            that cost nothing to compute.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1
    direction: ClassVar[Direction]
    unit: ClassVar[str] = "share"
    aggregation: ClassVar[Aggregation] = Mean()
    worst: ClassVar[float | None] = 0.0
    bounds: ClassVar[tuple[float | None, float | None]] = (0.0, 1.0)
    standard: ClassVar[bool] = False

    @classmethod
    def summary(cls) -> str:
        """First line of the docstring: what the catalogue prints."""
        return (cls.__doc__ or "").strip().split("\n", 1)[0]

    def applies(self, question: Question) -> bool:
        """Whether the metric is defined for the question, whatever the flow does with it.

        It may depend on labels only, never on the outcome: a metric is never a mean over
        survivors.
        """
        return True

    @abstractmethod
    def score(self, question: Question, outcome: Outcome) -> float:
        """Return the score of one outcome.

        Called only where `applies`; for failed outcomes only when `worst` is None. An exception
        or a NaN counts as a failure of the evaluation and scores `worst`.
        """
