"""The front on the holdout split: a fixed list of trials, each on all questions, each once."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

from syftr_like.execution.backend import WAIT, Next, Wait
from syftr_like.execution.jobs import TrialJob, TrialReport
from syftr_like.ledger import Ledger, LedgerWriter
from syftr_like.results import TrialResult
from syftr_like.space.flow_config import FlowConfig

MOST_LOSSES = 3


@dataclass
class HoldoutDriver:
    """Hands out the front members that were not evaluated in full, and takes their reports.

    Attributes:
        errors: Trial number to why it was not evaluated in full.
    """

    questions: int
    ledger: Ledger
    writer: LedgerWriter
    errors: dict[int, str] = field(default_factory=dict)
    _waiting: list[TrialJob] = field(default_factory=list)
    _running: dict[int, TrialJob] = field(default_factory=dict)
    _losses: dict[int, int] = field(default_factory=dict)

    def plan(self, front: Sequence[TrialResult]) -> int:
        """Take the front; return how many of its members are still to be evaluated."""
        done = self.ledger.evaluated("holdout")
        for trial in front:
            answered = frozenset(done.get(trial.number, ()))
            if len(answered) < self.questions:
                flow = FlowConfig.from_json(trial.flow)
                self._waiting.append(
                    TrialJob(trial.number, flow, "holdout", 0, (self.questions,), answered)
                )
        return len(self._waiting)

    def next_job(self, *, stop: str | None, deadline: float | None) -> TrialJob | Wait | None:
        """Return the next job; None when there are no more and none is under way."""
        if stop is not None:
            for job in self._waiting:
                self.errors[job.number] = stop
            self._waiting.clear()
        if self._waiting:
            job = replace(self._waiting.pop(0), deadline=deadline)
            self._running[job.number] = job
            return job
        return WAIT if self._running else None

    def reported(self, report: TrialReport) -> Next:
        """Take a report; there is one stop only."""
        self._running.pop(report.number)
        self.writer.flush()
        # What it took when it was first done stays as it is.
        first = self.ledger.trial(report.number)
        self.ledger.record_index(
            report.number,
            seconds=first.index_seconds,
            usd=first.index_usd,
            paid_usd=report.index_paid_usd,
            calls=report.index_calls,
            builds=report.index_builds,
        )
        if report.unfinished is not None:
            self.errors[report.number] = report.unfinished
        return Next.END

    def lost(self, number: int, error: str, *, again: bool) -> None:
        """Take note that a job did not come to its end; it is tried again, not too often."""
        job = self._running.pop(number)
        self.writer.flush()
        self._losses[number] = self._losses.get(number, 0) + 1
        if again and self._losses[number] < MOST_LOSSES:
            answered = frozenset(self.ledger.evaluated("holdout").get(number, ()))
            self._waiting.append(replace(job, answered=answered))
        else:
            self.errors[number] = error
