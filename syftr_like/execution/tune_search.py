"""Ray Tune's view of a study: its `Trainable`, its `Searcher` and its `TrialScheduler`.

One Tune trial is one trial of the study under way, in an actor that is reused for the next. All
decisions are the job source's. The searcher asks it what to do whenever a worker is free: a new
trial becomes a new Tune trial; one that goes on after a pause is handed to the scheduler, which
resumes it. Pausing needs no checkpoint: what a trial knows is in the ledger, and its next job
says where it goes on.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Callable, Iterator
from typing import Any

from . import ray_environment  # noqa: F401  # before Ray is imported

# isort: split
from ray import tune
from ray.tune.experiment import Trial
from ray.tune.progress_reporter import TrialProgressCallback
from ray.tune.schedulers import TrialScheduler
from ray.tune.search import Searcher

from syftr_like.errors import UnavailableError

from .backend import JobSource, Next, Wait
from .inbox import Outbox, RemoteAccount
from .jobs import OUT_OF_TIME, TrialJob, TrialReport, told
from .worker import FlowWorker, WorkerSettings

WORKER_LOST = "the worker that ran the trial was lost"

WAITING_IS_TOLD_AFTER_S = 30.0
"""How long no trial may run, though one could, until a person is told; a worker needs a few."""

WAITING = "waiting for Ray: no worker was to be had for a while"
NO_LONGER_WAITING = "a worker was to be had; going on"


class FlowTrainable(tune.Trainable):
    """One Tune trial: a trial of the study, a step from one stop to the next."""

    def setup(  # type: ignore[override]  # Tune passes what with_parameters was given
        self, config: dict[str, Any], settings: WorkerSettings, inbox: Any
    ) -> None:
        """Make the worker; called once per actor."""
        self._account = RemoteAccount(inbox)
        self._worker = FlowWorker(settings, self._account)
        self._outbox = Outbox(inbox)
        self._job: TrialJob = config["job"]

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Take the next trial, or go on with one; the worker and its indexes stay."""
        self._job = new_config["job"]
        return True

    def step(self) -> dict[str, Any]:
        """Carry out the trial up to its next stop."""
        self._account.trial = self._job.number
        try:
            report = self._worker.run(self._job, self._outbox.add)
        except UnavailableError as error:
            return {"report": None, "problem": error}
        except Exception as error:
            return {"report": None, "problem": told(error)}
        finally:
            self._outbox.flush()
        self._job = self._job.after(report.questions)
        return {"report": report, "problem": ""}

    def cleanup(self) -> None:
        """Let the worker's thread end."""
        self._worker.close()


class SourceSearch:
    """What searcher and scheduler share: the source, and which Tune trial carries which job.

    Args:
        source: Decides.
        receive_all: Takes all evaluations that have arrived.
        abandon: Takes note of a trial whose worker was lost.
        workers: Trials at a time.

    Attributes:
        error: The first exception of the source. Tune would take it for a failure of the trial;
            it ends the study, so no more is handed out.
    """

    def __init__(
        self,
        source: JobSource,
        receive_all: Callable[[], None],
        abandon: Callable[[int], None],
        workers: int,
    ) -> None:
        self._source = source
        self._receive_all = receive_all
        self._abandon = abandon
        self._workers = workers
        self._under_way: dict[str, int] = {}
        self._paused: dict[int, str] = {}
        self._resumed: list[tuple[str, TrialJob]] = []
        self.error: Exception | None = None
        self.over = False

    def next_new(self, trial_id: str) -> TrialJob | None:
        """Return a job for a new Tune trial, None when there is none at this moment."""
        if self.over or len(self._under_way) >= self._workers:
            return None
        job: TrialJob | Wait | None = None
        if self.error is None:
            with self._kept_errors():
                job = self._source.next_job()
        elif self._under_way:
            return None
        if job is None:
            self.over = not self._under_way
            return None
        if isinstance(job, Wait):
            return None
        if job.number in self._paused:
            tune_id = self._paused.pop(job.number)
            self._under_way[tune_id] = job.number
            self._resumed.append((tune_id, job))
            return None
        self._under_way[trial_id] = job.number
        return job

    def next_resumed(self) -> tuple[str, TrialJob] | None:
        """Return the Tune trial that is to be resumed next, and with which job."""
        return self._resumed.pop(0) if self._resumed else None

    def reported(
        self, trial_id: str, report: TrialReport | None, problem: str | UnavailableError
    ) -> Next:
        """Take a result; return what becomes of the trial.

        A problem that is an error ends the study: the trial can go on when it is mended.
        """
        number = self._under_way[trial_id]
        verdict = Next.END
        with self._kept_errors():
            self._receive_all()
            if isinstance(problem, UnavailableError):
                raise problem
            if report is None:
                self._source.lost(number, problem)
            else:
                verdict = self._source.reported(report)
        if verdict is not Next.CONTINUE:
            del self._under_way[trial_id]
        if verdict is Next.PAUSE:
            self._paused[number] = trial_id
        return verdict

    def waits_no_longer(self, trial_id: str, job: TrialJob) -> bool:
        """Whether a job is taken back that waits for a worker.

        Tune asks for no other job while one waits, and the worker may never come: nobody else
        would notice that the time is over, or that the study is broken.
        """
        if self.error is None and (job.deadline is None or time.time() < job.deadline):
            return False
        stop = job.stops[0]
        report = TrialReport(job.number, job.split, stop, 0.0, 0.0, 0.0, unfinished=OUT_OF_TIME)
        self.reported(trial_id, report, "")
        return True

    def ended(self, trial_id: str) -> None:
        """Take note that a Tune trial has ended; one under way was lost with its worker."""
        number = self._under_way.pop(trial_id, None)
        if number is not None:
            with self._kept_errors():
                self._receive_all()
                self._abandon(number)
                self._source.lost(number, WORKER_LOST, again=True)

    @contextlib.contextmanager
    def _kept_errors(self) -> Iterator[None]:
        try:
            yield
        except Exception as error:
            self.error = self.error or error


class Silence(TrialProgressCallback):
    """In place of Tune's own, which prints a line when a trial is stopped that never ran."""

    def log_result(self, trial: Trial, result: dict[str, Any], error: bool = False) -> None:
        """Print nothing."""

    def on_trial_complete(
        self, iteration: int, trials: list[Trial], trial: Trial, **info: Any
    ) -> None:
        """Print nothing."""


class SourceSearcher(Searcher):
    """Hands the source's new trials to Tune."""

    def __init__(self, search: SourceSearch) -> None:
        super().__init__()
        self._search = search

    def suggest(self, trial_id: str) -> Any:
        """Return the next trial's configuration, None for none yet, or that there are no more."""
        job = self._search.next_new(trial_id)
        if job is not None:
            return {"job": job}
        return Searcher.FINISHED if self._search.over else None

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        """Take note that a Tune trial has ended."""
        self._search.ended(trial_id)

    def __getstate__(self) -> dict[str, Any]:
        # Tune keeps a copy of its settings on disk; ours lives in this process only.
        return {"_metric": self._metric, "_mode": self._mode}

    def save(self, checkpoint_path: str) -> None:
        """Nothing to save: the ledger holds all that matters."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing to restore: the ledger holds all that matters."""


class SourceScheduler(TrialScheduler):
    """Lets the source decide at every stop: go on, pause, or end.

    Args:
        search: What it shares with the searcher.
        notify: Takes what a person should know.
    """

    _supports_buffered_results = False

    def __init__(self, search: SourceSearch, notify: Callable[[str], None]) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self._search = search
        self._notify = notify
        self._waiting_since: float | None = None
        self._waiting_told = False

    def on_trial_add(self, tune_controller: Any, trial: Trial) -> None:
        """Nothing to note: the source handed it out."""

    def on_trial_error(self, tune_controller: Any, trial: Trial) -> None:
        """Nothing to note: the searcher is told as well."""

    def on_trial_complete(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> None:
        """Nothing to note: the searcher is told as well."""

    def on_trial_remove(self, tune_controller: Any, trial: Trial) -> None:
        """Nothing to note: the searcher is told as well."""

    def on_trial_result(self, tune_controller: Any, trial: Trial, result: dict[str, Any]) -> str:
        """Return what becomes of a trial at a stop."""
        verdict = self._search.reported(trial.trial_id, result["report"], result["problem"])
        if verdict is Next.PAUSE:
            tune_controller.pause_trial(trial, should_checkpoint=False)
            return TrialScheduler.NOOP
        return TrialScheduler.CONTINUE if verdict is Next.CONTINUE else TrialScheduler.STOP

    def choose_trial_to_run(self, tune_controller: Any) -> Trial | None:
        """Return the trial that starts or goes on next; end those left over when all is done."""
        if self._search.over:
            for left in list(tune_controller.get_trials()):
                if left.status == Trial.PAUSED:
                    tune_controller.stop_trial(left)
            return None
        resumed = self._search.next_resumed()
        if resumed is not None:
            trial_id, job = resumed
            trial: Trial = tune_controller.get_trial(trial_id)
            trial.set_config({"job": job})  # type: ignore[no-untyped-call]
            return trial
        trials: list[Trial] = tune_controller.get_trials()
        waiting = [trial for trial in trials if trial.status == Trial.PENDING]
        for trial in list(waiting):
            if self._search.waits_no_longer(trial.trial_id, trial.config["job"]):
                # Tune names its folder when it starts, and asks for that in the end.
                trial.init_local_path()  # type: ignore[no-untyped-call]
                tune_controller.stop_trial(trial)
                waiting.remove(trial)
        running = any(trial.status == Trial.RUNNING for trial in trials)
        self._tell_of_waiting(bool(waiting) and not running)
        return waiting[0] if waiting else None

    def _tell_of_waiting(self, waiting: bool) -> None:
        now = time.monotonic()
        if not waiting:
            self._waiting_since = None
            if self._waiting_told:
                self._notify(NO_LONGER_WAITING)
                self._waiting_told = False
        elif self._waiting_since is None:
            self._waiting_since = now
        elif not self._waiting_told and now - self._waiting_since >= WAITING_IS_TOLD_AFTER_S:
            self._notify(WAITING)
            self._waiting_told = True

    def debug_string(self) -> str:
        """Return what Tune would print."""
        return "decided by the study"

    def __getstate__(self) -> dict[str, Any]:
        return {"_metric": self._metric}
