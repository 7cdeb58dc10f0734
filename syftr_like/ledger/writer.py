"""The one writer: takes evaluations as they come and commits them within a second."""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Iterable

from .ledger import Ledger
from .rows import EvaluationRecord

LONGEST_WAIT_S = 0.25
"""How long an evaluation may wait for others to share its transaction."""


class LedgerWriter:
    """Commits evaluations in batches from a thread of its own.

    A failure to write ends the study: it is raised by the next `submit` or `flush`.
    """

    def __init__(self, ledger: Ledger) -> None:
        self._ledger = ledger
        self._queue: queue.Queue[EvaluationRecord | threading.Event | None] = queue.Queue()
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._work, name="ledger-writer", daemon=True)
        self._thread.start()

    def submit(self, evaluations: Iterable[EvaluationRecord]) -> None:
        """Hand over evaluations; returns at once."""
        self._check()
        for evaluation in evaluations:
            self._queue.put(evaluation)

    def flush(self) -> None:
        """Return when everything handed over before is committed."""
        done = threading.Event()
        self._queue.put(done)
        done.wait()
        self._check()

    def close(self) -> None:
        """Commit what is left and end the thread."""
        self._queue.put(None)
        self._thread.join()
        self._check()

    def _check(self) -> None:
        if self._error is not None:
            raise self._error

    def _work(self) -> None:
        ended = False
        while not ended:
            batch: list[EvaluationRecord] = []
            flushed: list[threading.Event] = []
            item = self._queue.get()
            deadline = time.monotonic() + LONGEST_WAIT_S
            while True:
                if item is None:
                    ended = True
                elif isinstance(item, threading.Event):
                    flushed.append(item)
                else:
                    batch.append(item)
                wait = deadline - time.monotonic()
                if ended or flushed or wait <= 0:
                    break
                try:
                    item = self._queue.get(timeout=wait)
                except queue.Empty:
                    break
            try:
                if self._error is None:  # after a failure there would be a gap before the rest
                    self._ledger.add_evaluations(batch)
            except Exception as error:
                self._error = error
            for event in flushed:
                event.set()
