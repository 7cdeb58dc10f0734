"""Trials on Ray: the search as a Ray Tune experiment with reused actors.

Our proposer stands behind Tune's `Searcher`, our worker behind its `Trainable`. Evaluations do
not wait for a trial to end: workers put them into an inbox, from which the driver takes them.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
import shutil
import tempfile
import threading
import time
from collections.abc import Iterable, Iterator
from typing import Any

os.environ.setdefault("RAY_USAGE_STATS_ENABLED", "0")
os.environ.setdefault("RAY_AIR_NEW_OUTPUT", "0")
os.environ.setdefault("TUNE_DISABLE_AUTO_CALLBACK_LOGGERS", "1")
os.environ.setdefault("TUNE_MAX_PENDING_TRIALS_PG", "1")
# Tune would end the search on Ctrl+C as if it were done; the study has to know.
os.environ.setdefault("TUNE_DISABLE_SIGINT_HANDLER", "1")

import ray
from ray import tune
from ray.tune.search import Searcher

from syftr_like.errors import StudyError
from syftr_like.ledger import EvaluationRecord

from .backend import Backend, JobSource, Receive
from .worker import FlowWorker, TrialJob, TrialReport, WorkerSettings, told

LONGEST_WAIT_S = 0.25
"""How long a worker gathers evaluations before it sends them, and the driver waits for some."""

WORKER_LOST = "the worker that ran the trial was lost"


class Inbox:
    """An actor between workers and driver: holds evaluations until the driver takes them."""

    def __init__(self) -> None:
        self._records: list[EvaluationRecord] = []
        self._filled = asyncio.Event()

    async def put(self, records: list[EvaluationRecord]) -> None:
        """Add records."""
        self._records.extend(records)
        self._filled.set()

    async def wait(self, seconds: float) -> None:
        """Return when there is something to take, or after some seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._filled.wait(), seconds)

    async def take(self) -> list[EvaluationRecord]:
        """Return what is there, oldest first."""
        self._filled.clear()
        records, self._records = self._records, []
        return records


class _Outbox:
    """A worker's side of the inbox: sends in batches; `flush` returns when all has arrived.

    Batches are sent from a thread: the evaluation after the next may be a minute away.
    """

    def __init__(self, inbox: Any) -> None:
        self._inbox = inbox
        self._records: list[EvaluationRecord] = []
        self._sent: list[Any] = []
        self._lock = threading.Lock()
        self._filled = threading.Event()
        threading.Thread(target=self._send_batches, name="outbox", daemon=True).start()

    def add(self, record: EvaluationRecord) -> None:
        with self._lock:
            self._records.append(record)
        self._filled.set()

    def flush(self) -> None:
        self._send()
        with self._lock:
            sent, self._sent = self._sent, []
        ray.get(sent)

    def _send_batches(self) -> None:
        while True:
            self._filled.wait()
            self._filled.clear()
            self._send()
            time.sleep(LONGEST_WAIT_S)

    def _send(self) -> None:
        with self._lock:
            if self._records:
                self._sent.append(self._inbox.put.remote(self._records))
                self._records = []


def _carried_out(
    worker: FlowWorker, outbox: _Outbox, job: TrialJob
) -> tuple[TrialReport | None, str]:
    """Return the report of a job, or why there is none."""
    try:
        report = worker.run(job, outbox.add)
    except Exception as error:
        return None, told(error)
    finally:
        outbox.flush()
    return report, ""


class FlowTrainable(tune.Trainable):
    """One Tune trial: one trial of the study, in an actor that is reused for the next."""

    def setup(  # type: ignore[override]  # Tune passes what with_parameters was given
        self, config: dict[str, Any], settings: WorkerSettings, inbox: Any
    ) -> None:
        """Make the worker; called once per actor."""
        self._worker = FlowWorker(settings)
        self._outbox = _Outbox(inbox)
        self._job: TrialJob = config["job"]

    def reset_config(self, new_config: dict[str, Any]) -> bool:
        """Take the next trial; the worker and its indexes stay."""
        self._job = new_config["job"]
        return True

    def step(self) -> dict[str, Any]:
        """Carry out the trial."""
        report, problem = _carried_out(self._worker, self._outbox, self._job)
        return {"report": report, "problem": problem, "done": True}

    def cleanup(self) -> None:
        """Let the worker's thread end."""
        self._worker.close()


class _SourceSearcher(Searcher):
    """Tune's view of a job source."""

    def __init__(self, source: JobSource, receive_all: Any) -> None:
        super().__init__()
        self._source = source
        self._receive_all = receive_all
        self._numbers: dict[str, int] = {}
        self.error: Exception | None = None

    def suggest(self, trial_id: str) -> Any:
        job = None
        if self.error is None:
            with self._kept_errors():
                job = self._source.next_job()
        if job is None:
            return Searcher.FINISHED
        self._numbers[trial_id] = job.number
        return {"job": job}

    def on_trial_complete(
        self, trial_id: str, result: dict[str, Any] | None = None, error: bool = False
    ) -> None:
        number = self._numbers.pop(trial_id)
        result = {} if error or result is None else result
        with self._kept_errors():
            self._receive_all()
            if result.get("report") is not None:
                self._source.finished(result["report"])
            else:
                self._source.lost(number, result.get("problem") or WORKER_LOST)

    @contextlib.contextmanager
    def _kept_errors(self) -> Iterator[None]:
        """Keep what ends the study, for Tune would take it for a failure of the trial."""
        try:
            yield
        except Exception as error:
            self.error = self.error or error

    def __getstate__(self) -> dict[str, Any]:
        # Tune keeps a copy of its settings on disk; ours lives in this process only.
        return {"_metric": self._metric, "_mode": self._mode}

    def save(self, checkpoint_path: str) -> None:
        """Nothing to save: the ledger holds all that matters."""

    def restore(self, checkpoint_path: str) -> None:
        """Nothing to restore: the ledger holds all that matters."""


class _JobActor:
    """A worker for a fixed list of jobs."""

    def __init__(self, settings: WorkerSettings, inbox: Any) -> None:
        self._worker = FlowWorker(settings)
        self._outbox = _Outbox(inbox)

    def run(self, job: TrialJob) -> tuple[TrialReport | None, str]:
        return _carried_out(self._worker, self._outbox, job)


class RayBackend(Backend):
    """Runs jobs on Ray, local or a cluster.

    Args:
        settings: What every trial shares.
        receive: Takes evaluations as they arrive; called from more than one thread, never twice
            at a time.
        workers: Trials at a time.
        address: A running cluster; None starts Ray on this machine.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        receive: Receive,
        *,
        workers: int,
        address: str | None = None,
    ) -> None:
        super().__init__(settings, receive)
        self._workers = workers
        self._address = address
        self._receiving = threading.Lock()
        self._ended = threading.Event()
        self._receive_error: Exception | None = None

    def __enter__(self) -> RayBackend:
        logging.getLogger("ray.tune").setLevel(logging.ERROR)
        self._owns_ray = not ray.is_initialized()
        if self._owns_ray:
            try:
                ray.init(
                    address=self._address,
                    num_cpus=None if self._address else self._workers,
                    include_dashboard=False,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    runtime_env={"env_vars": {"OMP_NUM_THREADS": "1"}},
                )
            except (ConnectionError, ValueError) as error:
                raise StudyError(f"Ray did not start: {error}") from error
        self._settings_ref = ray.put(self._settings)
        self._inbox: Any = ray.remote(num_cpus=0)(Inbox).remote()
        self._storage = tempfile.mkdtemp(prefix="syftr-like-tune-")
        self._receiver = threading.Thread(target=self._receive_loop, daemon=True)
        self._receiver.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._ended.set()
        self._receiver.join(timeout=10)
        if self._owns_ray:
            ray.shutdown()
        shutil.rmtree(self._storage, ignore_errors=True)

    def search(self, source: JobSource) -> None:
        """See `Backend.search`."""
        searcher = _SourceSearcher(source, self._receive_now)
        trainable = tune.with_resources(
            tune.with_parameters(FlowTrainable, settings=self._settings, inbox=self._inbox),
            {"cpu": 1},
        )
        tuner = tune.Tuner(
            trainable,
            tune_config=tune.TuneConfig(
                search_alg=searcher,
                num_samples=-1,
                max_concurrent_trials=self._workers,
                reuse_actors=True,
            ),
            run_config=tune.RunConfig(
                storage_path=self._storage,
                verbose=0,
                checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),
            ),
        )
        tuner.fit()
        if searcher.error is not None:
            raise searcher.error
        self._check()

    def run_all(self, jobs: Iterable[TrialJob], source: JobSource) -> None:
        """See `Backend.run_all`."""
        waiting = list(jobs)
        idle = [self._job_actor() for _ in range(min(self._workers, len(waiting)))]
        running: dict[Any, tuple[Any, TrialJob]] = {}
        while waiting or running:
            while waiting and idle:
                actor, job = idle.pop(), waiting.pop(0)
                running[actor.run.remote(job)] = (actor, job)
            done, _ = ray.wait(list(running), num_returns=1)
            actor, job = running.pop(done[0])
            try:
                report, problem = ray.get(done[0])
            except ray.exceptions.RayError:
                report, problem, actor = None, WORKER_LOST, self._job_actor()
            idle.append(actor)
            self._receive_now()
            if report is None:
                source.lost(job.number, problem)
            else:
                source.finished(report)
        self._check()

    def _job_actor(self) -> Any:
        return ray.remote(num_cpus=1)(_JobActor).remote(self._settings_ref, self._inbox)

    def _receive_loop(self) -> None:
        while not self._ended.is_set():
            try:
                ray.get(self._inbox.wait.remote(LONGEST_WAIT_S))
                self._receive_now()
            except Exception as error:
                if not self._ended.is_set():
                    self._receive_error = error
                return

    def _receive_now(self) -> None:
        """Take what has arrived. One thread at a time, so that nothing is under way elsewhere."""
        with self._receiving:
            self._receive(ray.get(self._inbox.take.remote()))

    def _check(self) -> None:
        if self._receive_error is not None:
            raise StudyError(
                f"evaluations could not be received: {self._receive_error}"
            ) from self._receive_error
