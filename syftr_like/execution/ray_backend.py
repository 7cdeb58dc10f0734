"""Trials on Ray: the study as a Ray Tune experiment with reused actors.

Evaluations do not wait for a trial to end: workers put them into an inbox, from which the driver
takes them.
"""

from __future__ import annotations

import logging
import math
import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from . import ray_environment  # noqa: F401  # before Ray is imported

# isort: split
import ray
from ray import tune
from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy

from syftr_like.errors import StudyError

from .backend import Backend, JobSource, Receive, StudyAccount
from .inbox import LONGEST_WAIT_S, Inbox, Reservation, Taken
from .resources import check_nodes, places
from .termination import ray_starting
from .tune_search import FlowTrainable, Silence, SourceScheduler, SourceSearch, SourceSearcher
from .worker import WorkerSettings


class RayBackend(Backend):
    """Runs jobs on Ray, local or a cluster.

    Args:
        settings: What every trial shares.
        receive: Takes evaluations as they arrive; called from more than one thread, never twice
            at a time.
        account: Who pays for model calls.
        notify: Takes what a person should know, such as that fewer trials run at a time.
        storage: A folder for Tune's own notes, which nobody needs afterwards: it is emptied first,
            and removed in the end.
        workers: Trials at a time.
        cpus: CPUs of each.
        gpus: GPUs of each.
        address: A running cluster; None starts Ray on this machine.

    Raises:
        InputError: On entering it: no node can host a trial.
        StudyError: The same: Ray did not start.
    """

    def __init__(
        self,
        settings: WorkerSettings,
        receive: Receive,
        account: StudyAccount,
        *,
        notify: Callable[[str], None],
        storage: Path,
        workers: int,
        cpus: float = 1,
        gpus: float = 0,
        address: str | None = None,
    ) -> None:
        super().__init__(settings, receive, account)
        self._notify = notify
        self._storage = storage.resolve()
        self._workers = workers
        self._cpus = cpus
        self._gpus = gpus
        self._address = address
        self._receiving = threading.Lock()
        self._ended = threading.Event()
        self._receive_error: Exception | None = None
        self._reserved: dict[int, int] = {}

    def __enter__(self) -> RayBackend:
        logging.getLogger("ray.tune").setLevel(logging.ERROR)
        self._owns_ray = not ray.is_initialized()
        if self._owns_ray:
            self._start_ray()
        try:
            self._check_resources()
        except BaseException:
            if self._owns_ray:
                ray.shutdown()
            raise
        # On the driver's node: no other that is lost takes the inbox along.
        here: Any = NodeAffinitySchedulingStrategy(
            ray.get_runtime_context().get_node_id(), soft=False
        )
        self._inbox: Any = ray.remote(num_cpus=0, scheduling_strategy=here)(Inbox).remote()
        shutil.rmtree(self._storage, ignore_errors=True)  # of a session that was killed
        self._receiver = threading.Thread(target=self._receive_loop, daemon=True)
        self._receiver.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._ended.set()
        self._receiver.join(timeout=10)
        if self._owns_ray:
            ray.shutdown()
        shutil.rmtree(self._storage, ignore_errors=True)

    def run(self, source: JobSource) -> None:
        """See `Backend.run`."""
        search = SourceSearch(source, self._receive_now, self._abandon, self._workers)
        trainable = tune.with_resources(
            tune.with_parameters(FlowTrainable, settings=self._settings, inbox=self._inbox),
            {"cpu": self._cpus, "gpu": self._gpus},
        )
        tuner = tune.Tuner(
            trainable,
            tune_config=tune.TuneConfig(
                search_alg=SourceSearcher(search),
                scheduler=SourceScheduler(search, self._notify),
                num_samples=-1,
                reuse_actors=True,
            ),
            run_config=tune.RunConfig(
                storage_path=str(self._storage),
                verbose=0,
                callbacks=[Silence()],
                checkpoint_config=tune.CheckpointConfig(checkpoint_at_end=False),
            ),
        )
        tuner.fit()
        if search.error is not None:
            raise search.error
        if self._receive_error is not None:
            raise StudyError(
                f"evaluations could not be received: {self._receive_error}"
            ) from self._receive_error

    def _start_ray(self) -> None:
        # GPUs are those that Ray finds; of CPUs as many as the workers want.
        cpus = max(1, math.ceil(self._workers * self._cpus))
        try:
            with ray_starting():
                ray.init(
                    # None would join whatever cluster was started on this machine last.
                    address=self._address or "local",
                    include_dashboard=False,
                    log_to_driver=False,
                    logging_level=logging.ERROR,
                    runtime_env={"env_vars": {"OMP_NUM_THREADS": "1"}},
                    num_cpus=None if self._address else cpus,
                )
        except KeyboardInterrupt:
            ray.shutdown()
            raise
        except (ConnectionError, ValueError) as error:
            raise StudyError(f"Ray did not start: {error}") from error

    def _check_resources(self) -> None:
        """Fit the number of workers to the nodes: Tune would wait for what never comes."""
        known: Any = ray.nodes()  # type: ignore[no-untyped-call]
        nodes = [node["Resources"] for node in known if node["Alive"]]
        check_nodes(nodes, self._cpus, self._gpus, where="its largest node has")
        room = places(nodes, self._cpus, self._gpus)
        if room < self._workers:
            trials = "1 trial runs" if room == 1 else f"{room} trials run"
            self._notify(f"searching; {trials} at a time: no more of {self._workers} fit on Ray")
            self._workers = room

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
            taken: Taken = ray.get(self._inbox.take.remote())
            if taken.reservations:
                self._answer(taken.reservations)
            if taken.payments:
                # Those of a lost worker were counted in full meanwhile.
                known = [(id, usd) for id, usd in taken.payments if id in self._reserved]
                self._account.settle_many(known)
                for id, _ in known:
                    del self._reserved[id]
            if taken.records:
                self._receive(taken.records)

    def _answer(self, wishes: Sequence[Reservation]) -> None:
        answers = self._account.reserve_many([(w.model, w.usd, w.pace) for w in wishes])
        for wish, answer in zip(wishes, answers, strict=True):
            if isinstance(answer, int):
                self._reserved[answer] = wish.trial
        ray.get(
            self._inbox.answer.remote(
                {wish.id: answer for wish, answer in zip(wishes, answers, strict=True)}
            )
        )

    def _abandon(self, trial: int) -> None:
        """Count what a lost worker had reserved as paid: nobody knows what its calls cost."""
        with self._receiving:
            left = [id for id, owner in self._reserved.items() if owner == trial]
            self._account.abandon(left)
            for id in left:
                del self._reserved[id]
