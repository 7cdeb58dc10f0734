"""Where trials run: the contract of a backend, and the one that runs them in this process."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence

from syftr_like.ledger import EvaluationRecord

from .worker import FlowWorker, TrialJob, TrialReport, WorkerSettings, told

Receive = Callable[[Sequence[EvaluationRecord]], None]


class JobSource(ABC):
    """What feeds a backend: hands out jobs and takes reports. Called from one thread."""

    @abstractmethod
    def next_job(self) -> TrialJob | None:
        """Return the next job, or None when there are no more."""

    @abstractmethod
    def finished(self, report: TrialReport) -> None:
        """Take the report of a job, whose evaluations were all received before."""

    @abstractmethod
    def lost(self, number: int, error: str) -> None:
        """Take note that a job did not come to its end, for example with its worker."""


class Backend(ABC):
    """Carries out jobs. A context manager: resources are held from enter to exit."""

    def __init__(self, settings: WorkerSettings, receive: Receive) -> None:
        self._settings = settings
        self._receive = receive

    @abstractmethod
    def __enter__(self) -> Backend: ...

    @abstractmethod
    def __exit__(self, *exc_info: object) -> None: ...

    @abstractmethod
    def search(self, source: JobSource) -> None:
        """Carry out jobs until the source has no more."""

    @abstractmethod
    def run_all(self, jobs: Iterable[TrialJob], source: JobSource) -> None:
        """Carry out a fixed list of jobs, reporting each to the source."""


class InProcessBackend(Backend):
    """Runs one job after the other in this process: for small studies, debugging and tests."""

    def __enter__(self) -> InProcessBackend:
        self._worker = FlowWorker(self._settings)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._worker.close()

    def search(self, source: JobSource) -> None:
        """See `Backend.search`."""
        while (job := source.next_job()) is not None:
            self._run(job, source)

    def run_all(self, jobs: Iterable[TrialJob], source: JobSource) -> None:
        """See `Backend.run_all`."""
        for job in jobs:
            self._run(job, source)

    def _run(self, job: TrialJob, source: JobSource) -> None:
        try:
            report = self._worker.run(job, lambda record: self._receive([record]))
        except Exception as error:
            # As on Ray: one trial that breaks does not end the study. If it broke because the
            # ledger cannot be written, the source finds that out as well, and raises.
            source.lost(job.number, told(error))
            return
        source.finished(report)
