"""Writes a study to MLflow as it goes, from a thread of its own.

Whatever happens to the server, the study goes on: the first failure ends the tracking, is logged
and shown, and the ledger still holds everything; `optimize status --sync` writes it later.
"""

from __future__ import annotations

import logging
import queue
import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from syftr_like.ledger import EvaluationRecord, Ledger
from syftr_like.results import StudyResult, TrialResult

from .environment import artifacts_folder, set_defaults
from .source import StudySource
from .study_content import StudyContent
from .sync import write_study
from .trial_content import created_tag, trial_content

if TYPE_CHECKING:
    from .writer import Writer

log = logging.getLogger("syftr_like")

LONGEST_CLOSE_S = 300.0
"""How long the end of a study waits for what is still to be written."""


class MlflowTracker:
    """An observer that projects a study into MLflow.

    Args:
        address: MLflow's tracking address.
        source: The study.

    Attributes:
        error: Why tracking ended early, None when it did not.
    """

    def __init__(self, address: str, source: StudySource) -> None:
        self.address = address
        self.error: str | None = None
        self._source = source
        self._queue: queue.Queue[Callable[[_Live], None] | None] = queue.Queue()
        self._thread: threading.Thread | None = None

    def phase(self, text: str) -> None:
        """See `Observer.phase`."""

    def resumed(self, trials: Sequence[TrialResult]) -> None:
        """See `Observer.resumed`."""

    def trial_started(self, trial: TrialResult) -> None:
        """See `Observer.trial_started`."""
        self._do(lambda live: live.write_trial(trial))

    def evaluated(self, records: Sequence[EvaluationRecord]) -> None:
        """See `Observer.evaluated`."""

    def trial_rung(self, trial: TrialResult) -> None:
        """See `Observer.trial_rung`."""
        self._do(lambda live: live.write_trial(trial))

    def trial_finished(self, trial: TrialResult) -> None:
        """See `Observer.trial_finished`."""
        self._do(lambda live: live.write_trial(trial))

    def study_ended(self, result: StudyResult, folder: Path) -> None:
        """See `Observer.study_ended`."""
        self._do(lambda live: live.write_study(result, folder))

    def close(self) -> None:
        """Return when everything is written, or cannot be."""
        if self._thread is None:
            return
        self._queue.put(None)
        self._thread.join(LONGEST_CLOSE_S)
        if self._thread.is_alive():
            self._fail(f"not done after {LONGEST_CLOSE_S:.0f} s")

    def _do(self, task: Callable[[_Live], None]) -> None:
        # Nothing is opened before there is something to write: until its first trial a study may
        # turn out to be wrong, and earlier runs must not be superseded by one that never was.
        self._queue.put(task)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name="mlflow", daemon=True)
            self._thread.start()

    def _work(self) -> None:
        set_defaults()
        ledger = None
        try:
            from .writer import Writer

            ledger = self._source.open_ledger()
            created = created_tag(ledger.study()["created_at"])
            study = self._source.study
            writer = Writer(self.address, study, artifacts_folder(study), created)
            live = _Live(writer, ledger, self._source, created)
            while (task := self._queue.get()) is not None:
                task(live)
            writer.close()
        except Exception as error:
            self._fail(f"{type(error).__name__}: {error}")
        finally:
            if ledger is not None:
                ledger.close()

    def _fail(self, why: str) -> None:
        self.error = why.split("\n", 1)[0][:300]
        log.warning("tracking in MLflow ended: %s", self.error)


class _Live:
    """A study that is written while it runs."""

    def __init__(self, writer: Writer, ledger: Ledger, source: StudySource, created: str) -> None:
        self._writer = writer
        self._ledger = ledger
        self._source = source
        self._created = created
        self._started: dict[int, float] = {}

    def write_trial(self, trial: TrialResult) -> None:
        # The ledger's time counts: a run that is made again from it must be the same.
        if trial.number not in self._started:
            self._started[trial.number] = self._ledger.trial(trial.number).started_at
        trial = replace(trial, started_at=self._started[trial.number])
        self._writer.write(trial_content(trial, self._created, self._source))

    def write_study(self, result: StudyResult, folder: Path) -> None:
        write_study(self._writer, StudyContent(result, self._source, self._ledger, folder))


def open_tracker(address: str | None, source: StudySource) -> MlflowTracker | None:
    """Return a tracker, or None when the study wants none."""
    return None if address is None else MlflowTracker(address, source)
