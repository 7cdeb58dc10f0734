"""Writes a study to MLflow as it goes, from a thread of its own.

Whatever happens to the server, the study goes on: the first failure ends the tracking, is logged
and shown, and the ledger still holds everything.
"""

from __future__ import annotations

import logging
import os
import queue
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from syftr_like.ledger import EvaluationRecord
from syftr_like.results import StudyResult, TrialResult

if TYPE_CHECKING:
    from .projection import Projection

log = logging.getLogger("syftr_like")

UNREACHABLE_AFTER = {
    "MLFLOW_HTTP_REQUEST_MAX_RETRIES": "2",
    "MLFLOW_HTTP_REQUEST_TIMEOUT": "15",
    "MLFLOW_HTTP_REQUEST_BACKOFF_FACTOR": "1",
}
"""MLflow's own defaults keep trying for five minutes."""

LONGEST_CLOSE_S = 120.0
"""How long the end of a study waits for what is still to be written."""


class MlflowTracker:
    """An observer that projects trials into MLflow.

    Args:
        address: MLflow's tracking address.
        study: The study's name, which the experiment takes.
        artifacts: Folder for files when the address is a database.

    Attributes:
        error: Why tracking ended early, None when it did not.
    """

    def __init__(self, address: str, study: str, artifacts: Path) -> None:
        self.address = address
        self.error: str | None = None
        self._study = study
        self._artifacts = artifacts
        self._queue: queue.Queue[Callable[[Projection], None] | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    def phase(self, text: str) -> None:
        """See `Observer.phase`."""

    def resumed(self, trials: Sequence[TrialResult]) -> None:
        """See `Observer.resumed`."""

    def trial_rung(self, trial: TrialResult) -> None:
        """See `Observer.trial_rung`."""

    def trial_started(self, trial: TrialResult) -> None:
        """See `Observer.trial_started`."""

    def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
        """See `Observer.evaluated`."""

    def trial_finished(self, trial: TrialResult) -> None:
        """See `Observer.trial_finished`."""
        self._do(lambda projection: projection.add_trial(trial))

    def study_ended(self, result: StudyResult, folder: Path) -> None:
        """See `Observer.study_ended`."""
        self._do(lambda projection: projection.complete(result, folder))

    def close(self) -> None:
        """Return when everything is written, or cannot be."""
        if self._thread is None:
            return
        self._queue.put(None)
        self._thread.join(LONGEST_CLOSE_S)
        if self._thread.is_alive():
            self._fail(f"not done after {LONGEST_CLOSE_S:.0f} s")

    def _do(self, task: Callable[[Projection], None]) -> None:
        # Nothing is opened before there is something to write: until its first trial a study may
        # turn out to be wrong, and earlier runs must not be superseded by one that never was.
        self._queue.put(task)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="mlflow", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        for name, value in UNREACHABLE_AFTER.items():
            os.environ.setdefault(name, value)
        try:
            from .projection import Projection

            projection = Projection(self.address, self._study, self._artifacts)
            while (task := self._queue.get()) is not None:
                task(projection)
        except Exception as error:
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, why: str) -> None:
        self.error = why.split("\n", 1)[0][:300]
        log.warning("tracking in MLflow ended: %s", self.error)


def open_tracker(address: str | None, study: str) -> MlflowTracker | None:
    """Return a tracker, or None when the study wants none."""
    if address is None:
        return None
    return MlflowTracker(address, study, Path("mlartifacts") / study)
