"""Evaluations on their way from Ray workers to the driver."""

from __future__ import annotations

import asyncio
import contextlib
import threading
import time
from typing import Any

import ray

from syftr_like.ledger import EvaluationRecord

LONGEST_WAIT_S = 0.25
"""How long a worker gathers evaluations before it sends them, and the driver waits for some."""


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


class Outbox:
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
        """Have a record sent soon."""
        with self._lock:
            self._records.append(record)
        self._filled.set()

    def flush(self) -> None:
        """Return when every record has arrived."""
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
