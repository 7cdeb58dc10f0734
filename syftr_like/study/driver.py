"""A study as the backends see it: the search, then the front on the holdout split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from syftr_like.execution.backend import JobSource, Next, Wait
from syftr_like.execution.jobs import TrialJob, TrialReport
from syftr_like.front import shown_front
from syftr_like.results import TrialResult

from .account import LedgerAccount
from .budget import Budget
from .holdout_driver import HoldoutDriver
from .search_driver import SearchDriver


@dataclass
class StudyDriver(JobSource):
    """Feeds a backend from the beginning to the end of a study.

    Attributes:
        worked: Whether there was anything to do.
    """

    search: SearchDriver
    holdout: HoldoutDriver
    budget: Budget
    account: LedgerAccount
    workers: int
    questions_in_flight: int
    on_phase: Callable[[str], None] = lambda text: None
    worked: bool = False
    _first: TrialJob | None = None
    _searching: bool = True

    @property
    def ended(self) -> str:
        """Why the search ended."""
        return self.search.ended

    def has_work(self) -> bool:
        """Whether there is anything to do; asked before workers are started."""
        job = self.next_job()
        if isinstance(job, TrialJob):
            self._first = job
            self.worked = True
        return self.worked

    def next_job(self) -> TrialJob | Wait | None:
        """See `JobSource.next_job`."""
        if self._first is not None:
            job, self._first = self._first, None
            return job
        if self._searching:
            held_usd, held_seconds = self._held()
            self.account.hold(held_usd)
            found = self.search.next_job(
                stop=self.budget.used_up(held_usd=held_usd, held_seconds=held_seconds),
                deadline=self.budget.deadline(held_seconds=held_seconds),
            )
            if found is not None:
                return found
            self._begin_holdout()
        return self.holdout.next_job(stop=self.budget.used_up(), deadline=self.budget.deadline())

    def reported(self, report: TrialReport) -> Next:
        """See `JobSource.reported`."""
        self.search.ledger.note_seconds(self.budget.seconds())
        part = self.search if report.split == "tune" else self.holdout
        return part.reported(report)

    def lost(self, number: int, error: str, *, again: bool = False) -> None:
        """See `JobSource.lost`."""
        part = self.search if self._searching else self.holdout
        part.lost(number, error, again=again)

    def front(self) -> list[TrialResult]:
        """Return the front as it stands, or the least-violating flows."""
        search = self.search
        trials = list(search.trials.values())
        ids = set(shown_front(trials, search.objectives, search.constraints))
        return [trial for trial in trials if trial.id in ids]

    def _begin_holdout(self) -> None:
        self._searching = False
        self.account.release()
        self.search.finish()
        if self.holdout.plan(self.front()):
            self.on_phase("evaluating the front on the holdout split")

    def _held(self) -> tuple[float, float]:
        """Return dollars and seconds to be set aside for the front as it stands.

        What a member cost on the tune split it will cost on the holdout split, question by
        question.
        """
        if self.budget.usd is None and self.budget.minutes is None:
            return 0.0, 0.0
        usd = seconds = 0.0
        for used in self.search.ledger.consumption([t.number for t in self.front()], "tune"):
            share = self.holdout.questions / used.evaluations
            usd += share * used.model_usd
            seconds += share * max(used.cpu_s, used.latency_s / self.questions_in_flight)
        return usd, seconds / max(1, self.workers)
