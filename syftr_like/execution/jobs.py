"""What travels between the study's driver and the workers."""

from __future__ import annotations

from dataclasses import dataclass, replace

from syftr_like.contracts import ModelCall
from syftr_like.flow import LONGEST_ERROR
from syftr_like.flow.redaction import redact
from syftr_like.space.flow_config import FlowConfig

OUT_OF_TIME = "the budget of minutes is used up"
"""Why a job is unfinished whose deadline came; other reasons are that of a refused call."""


@dataclass(frozen=True, slots=True)
class TrialJob:
    """A trial to be carried out on the first questions of a split, stop by stop.

    At each stop the driver decides whether it goes on. A job that was cut off is handed out again
    with the questions that are already in the ledger.

    Attributes:
        number: The trial's number.
        flow: Its flow.
        split: `tune` or `holdout`.
        start: So many questions, the first of the split's order, were answered before.
        stops: After how many questions it reports; ascending, above `start`.
        answered: Ids of questions beyond `start` that are in the ledger already.
        deadline: No question is begun after this time, in seconds since the epoch.
        used_usd: Flow cost of the questions that were answered before.
        used_seconds: Their service time.
    """

    number: int
    flow: FlowConfig
    split: str
    start: int
    stops: tuple[int, ...]
    answered: frozenset[str] = frozenset()
    deadline: float | None = None
    used_usd: float = 0.0
    used_seconds: float = 0.0

    def after(self, questions: int) -> TrialJob:
        """Return what is left of the job after a stop."""
        stops = tuple(stop for stop in self.stops if stop > questions)
        return replace(self, start=questions, stops=stops)


@dataclass(frozen=True, slots=True)
class TrialReport:
    """A trial at a stop; its evaluations were sent before.

    Attributes:
        number: The trial's number.
        split: `tune` or `holdout`.
        questions: How many questions of the split's order are answered now.
        index_seconds: Original wall time of the flow's index-time work.
        index_usd: Original cost of it: model calls and CPU time.
        index_paid_usd: What was newly paid to providers for it since the last report.
        index_calls: The model calls that it rests on, if it was done since the last report; those
            that were not newly made are marked as cached.
        index_builds: How many index-time results were computed since the last report, not found.
        error: Why the flow could not be prepared, None when it could.
        unfinished: Why the questions up to the stop were not all answered, None when they were:
            a budget is used up. That is no failure of the flow.
    """

    number: int
    split: str
    questions: int
    index_seconds: float
    index_usd: float
    index_paid_usd: float
    index_calls: tuple[ModelCall, ...] = ()
    index_builds: int = 0
    error: str | None = None
    unfinished: str | None = None


def told(error: Exception) -> str:
    """Return an error in words that can be recorded: short, and without secrets."""
    return redact(f"{type(error).__name__}: {error}")[:LONGEST_ERROR]
