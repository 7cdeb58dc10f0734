"""A study as the backends see it: the search, then the front on the holdout split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median

from syftr_like.execution.backend import JobSource, Next, Wait
from syftr_like.execution.jobs import TrialJob, TrialReport
from syftr_like.front import shown_front
from syftr_like.ledger.ledger import Consumption
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
            found = self._next_of_search()
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

    def _next_of_search(self) -> TrialJob | Wait | None:
        if self.budget.usd is None and self.budget.minutes is None:
            return self.search.next_job(stop=None, deadline=None)
        holdout = self._held()
        completion = self._completion()
        usd, seconds = holdout[0] + completion[0], holdout[1] + completion[1]
        stop = self.budget.used_up(held_usd=usd, held_seconds=seconds)
        if stop is not None:  # what was set aside for the completion is there to be used now
            usd, seconds = holdout
        self.account.hold(usd)
        return self.search.next_job(
            stop=stop,
            deadline=self.budget.deadline(held_seconds=seconds),
            complete_one=self.budget.used_up(held_usd=usd, held_seconds=seconds) is None,
        )

    def _held(self) -> tuple[float, float]:
        """Return dollars and seconds to be set aside for the front on the holdout split.

        What a member cost on the tune split it will cost on the holdout split, question by
        question. While there is no front, that of one trial.
        """
        front = self.front()
        if not front:
            return self._typical(self.holdout.questions)
        usd = seconds = 0.0
        for used in self.search.ledger.consumption([t.number for t in front], "tune"):
            share = self.holdout.questions / used.evaluations
            usd += share * used.model_usd
            seconds += share * self._seconds(used)
        return usd, seconds / max(1, self.workers)

    def _completion(self) -> tuple[float, float]:
        """Return dollars and seconds to complete a waiting trial, while none is complete."""
        waiting = self.search.early_stopping.waiting()
        if not waiting or self.search.complete:
            return 0.0, 0.0
        return self._typical(len(self.search.standings.order))

    def _typical(self, questions: int) -> tuple[float, float]:
        """Return what so many questions of the median trial so far would take, on one worker."""
        used = self.search.ledger.consumption(list(self.search.trials), "tune")
        if not used:
            return 0.0, 0.0
        return (
            questions * median(u.model_usd / u.evaluations for u in used),
            questions * median(self._seconds(u) / u.evaluations for u in used),
        )

    def _seconds(self, used: Consumption) -> float:
        return max(used.cpu_s, used.latency_s / self.questions_in_flight)
