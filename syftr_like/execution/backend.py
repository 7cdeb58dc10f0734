"""Where trials run: the contract of a backend, and the one that runs them in this process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from enum import StrEnum
from typing import Final, Protocol

from syftr_like.contracts import Account, BudgetExhaustedError
from syftr_like.contracts.model_request import Pace
from syftr_like.errors import UnavailableError
from syftr_like.ledger import EvaluationRecord

from .jobs import TrialJob, TrialReport, told
from .worker import FlowWorker, WorkerSettings

Receive = Callable[[Sequence[EvaluationRecord]], None]


class Wait:
    """Nothing can be handed out now, but what is under way may change that."""


WAIT: Final = Wait()


class Next(StrEnum):
    """What becomes of a trial at a stop: on to the next one, a pause, or its end."""

    CONTINUE = "continue"
    PAUSE = "pause"
    END = "end"


class JobSource(ABC):
    """What feeds a backend: hands out jobs and takes reports. Called from one thread."""

    @abstractmethod
    def next_job(self) -> TrialJob | Wait | None:
        """Return the next job, `WAIT` while there is none, or None when there are no more.

        A job whose number was handed out before goes on with a trial that was paused or cut off.
        """

    @abstractmethod
    def reported(self, report: TrialReport) -> Next:
        """Take the report of a job at a stop, and say what becomes of it.

        Its evaluations were all received before.
        """

    @abstractmethod
    def lost(self, number: int, error: str, *, again: bool = False) -> None:
        """Take note that a job did not come to its next stop.

        Args:
            number: The trial.
            error: Why.
            again: It may be tried again: its worker was lost, not the trial itself broken.
        """


class StudyAccount(Account, Protocol):
    """The account of a study as a backend uses it: for many workers at a time."""

    def reserve_many(
        self, requests: Sequence[tuple[str, float, Pace | None]]
    ) -> list[int | BudgetExhaustedError | None]:
        """Answer requests, each the arguments of `reserve`, as that would."""
        ...

    def settle_many(self, paid: Sequence[tuple[int, float]]) -> None:
        """Settle reservations, each with what was paid."""
        ...

    def abandon(self, reservations: Iterable[int]) -> None:
        """Count reservations in full whose worker was lost."""
        ...


class Backend(ABC):
    """Carries out jobs. A context manager: resources are held from enter to exit.

    Args:
        settings: What every trial shares.
        receive: Takes evaluations as they arrive; never called twice at a time.
        account: Who pays for model calls.
    """

    def __init__(self, settings: WorkerSettings, receive: Receive, account: StudyAccount) -> None:
        self._settings = settings
        self._receive = receive
        self._account = account

    @abstractmethod
    def __enter__(self) -> Backend: ...

    @abstractmethod
    def __exit__(self, *exc_info: object) -> None: ...

    @abstractmethod
    def run(self, source: JobSource) -> None:
        """Carry out jobs until the source has no more.

        Raises:
            UnavailableError: Something that a component needs is missing where a trial ran.
        """


class InProcessBackend(Backend):
    """Runs one job after the other in this process: for small studies, debugging and tests."""

    def __enter__(self) -> InProcessBackend:
        self._worker = FlowWorker(self._settings, self._account)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._worker.close()

    def run(self, source: JobSource) -> None:
        """See `Backend.run`."""
        while (job := source.next_job()) is not None:
            if isinstance(job, Wait):
                raise AssertionError("a source told to wait while nothing is under way")
            self._carry_out(job, source)

    def _carry_out(self, job: TrialJob, source: JobSource) -> None:
        while job.stops:
            try:
                report = self._worker.run(job, lambda record: self._receive([record]))
            except UnavailableError:
                raise
            except Exception as error:
                # As on Ray: one trial that breaks does not end the study. If it broke because the
                # ledger cannot be written, the source finds that out as well, and raises.
                source.lost(job.number, told(error))
                return
            if source.reported(report) is not Next.CONTINUE:
                return
            job = job.after(report.questions)
