"""The study's side of execution: hands out trials, keeps the ledger, tells the proposer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from syftr_like.contracts import Evaluator
from syftr_like.execution.backend import JobSource
from syftr_like.execution.worker import TrialJob, TrialReport
from syftr_like.ledger import EvaluationRecord, Ledger, LedgerWriter
from syftr_like.results import StudyResult, TrialResult, TrialState
from syftr_like.search import Feedback, Proposer
from syftr_like.search.objective import Constraint, Objective, losses
from syftr_like.space import Space

from .assemble import trial_result


class Observer(Protocol):
    """Something that watches a study: a terminal view, a tracker. Must not raise."""

    def phase(self, text: str) -> None:
        """Take note that a new part of the study begins."""

    def trial_started(self, trial: TrialResult) -> None:
        """Take note that a trial was proposed."""

    def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
        """Take note of evaluations; called from another thread than the rest."""

    def trial_finished(self, trial: TrialResult) -> None:
        """Take note that a trial has ended; it is summarized."""

    def study_ended(self, result: StudyResult, folder: Path) -> None:
        """Take note that the study has ended and its files are written."""


@dataclass
class Budget:
    """What the search may use, and when it began.

    Attributes:
        usd: Dollars to providers, None without a limit.
        minutes: Wall time, None without a limit.
        spent_usd: Tells what was spent so far.
    """

    usd: float | None
    minutes: float | None
    spent_usd: Callable[[], float]
    started: float = field(default_factory=time.monotonic)

    def used_up(self) -> str | None:
        """Return which budget is used up, None while there is some left."""
        if self.minutes is not None and time.monotonic() - self.started >= self.minutes * 60:
            return f"the budget of {self.minutes:g} minutes is used up"
        if self.usd is not None and self.spent_usd() >= self.usd:
            return f"the budget of ${self.usd:g} is used up"
        return None


@dataclass
class SearchDriver(JobSource):
    """Feeds the search: proposes, records, summarizes, tells.

    Attributes:
        trials: Every trial so far by number, in order of proposal.
        ended: Why no more trials are handed out; empty while they are.
    """

    space: Space
    proposer: Proposer
    objectives: tuple[Objective, ...]
    constraints: tuple[Constraint, ...]
    evaluators: tuple[Evaluator, ...]
    trials_wanted: int
    budget: Budget
    ledger: Ledger
    writer: LedgerWriter
    observers: Sequence[Observer] = ()
    trials: dict[int, TrialResult] = field(default_factory=dict)
    ended: str = ""

    def next_job(self) -> TrialJob | None:
        """See `JobSource.next_job`."""
        if self.ended:
            return None
        if len(self.trials) >= self.trials_wanted:
            self.ended = f"all {self.trials_wanted} trials are done"
            return None
        used_up = self.budget.used_up()
        if used_up:
            self.ended = used_up
            return None
        proposal = self.proposer.ask()
        if proposal is None:
            self.ended = "every configuration of the space was tried"
            return None
        flow = self.space.decode(proposal.params)
        number = proposal.number
        self.ledger.start_trial(number, proposal.key, proposal.params, flow.to_json())
        trial = TrialResult(
            number=number,
            params=proposal.params,
            flow=flow.to_json(),
            state=TrialState.RUNNING,
            started_at=time.time(),
        )
        self.trials[number] = trial
        for observer in self.observers:
            observer.trial_started(trial)
        return TrialJob(number, flow, "tune")

    def finished(self, report: TrialReport) -> None:
        """See `JobSource.finished`."""
        self.writer.flush()
        self._record_index(report)
        self.ledger.set_state(report.number, TrialState.COMPLETE, error=report.error)
        trial = self._summarize(report.number)
        values = {metric: estimate.value for metric, estimate in trial.tune.items()}
        self.proposer.tell(
            report.number,
            Feedback(
                losses=losses(self.objectives, values),
                violations=tuple(c.violation(values[c.metric]) for c in self.constraints),
            ),
        )

    def lost(self, number: int, error: str) -> None:
        """See `JobSource.lost`. The trial stays out of the front; its place is not filled."""
        self.writer.flush()
        self.ledger.set_state(number, TrialState.INTERRUPTED, error=error)
        self._summarize(number)

    def _record_index(self, report: TrialReport) -> None:
        self.ledger.record_index(
            report.number,
            seconds=report.index_seconds,
            usd=report.index_usd,
            paid_usd=report.index_paid_usd,
            calls=report.index_calls,
        )

    def _summarize(self, number: int) -> TrialResult:
        row = self.ledger.trial(number)
        trial = trial_result(self.ledger, row, self.evaluators, self.constraints)
        self.trials[number] = trial
        for observer in self.observers:
            observer.trial_finished(trial)
        return trial


@dataclass
class HoldoutDriver(JobSource):
    """Watches the front being evaluated on the holdout split: a fixed list of jobs."""

    ledger: Ledger
    writer: LedgerWriter
    errors: dict[int, str] = field(default_factory=dict)

    def next_job(self) -> TrialJob | None:
        """There is no job but those of the list."""
        return None

    def finished(self, report: TrialReport) -> None:
        """See `JobSource.finished`."""
        self.writer.flush()
        # What it took when it was first done stays as it is: the result tells that as well.
        first = self.ledger.trial(report.number)
        self.ledger.record_index(
            report.number,
            seconds=first.index_seconds,
            usd=first.index_usd,
            paid_usd=report.index_paid_usd,
            calls=report.index_calls,
        )

    def lost(self, number: int, error: str) -> None:
        """See `JobSource.lost`."""
        self.errors[number] = error
