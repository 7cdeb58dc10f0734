"""Evaluations on their way from Ray workers to the driver, and money on its way back."""

from __future__ import annotations

import asyncio
import contextlib
import itertools
import threading
import time
from dataclasses import dataclass
from typing import Any

import ray

from syftr_like.contracts import BudgetExhaustedError
from syftr_like.contracts.model_request import Pace
from syftr_like.ledger import EvaluationRecord

LONGEST_WAIT_S = 0.25
"""How long a worker gathers evaluations before it sends them, and the driver waits for some."""


@dataclass(frozen=True, slots=True)
class Reservation:
    """A worker's wish for money: answered under its id."""

    id: int
    trial: int
    model: str
    usd: float
    pace: Pace | None


Answer = int | BudgetExhaustedError | None
"""A reservation, that there is no room, or that there may be some later."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What the driver takes from the inbox, oldest first."""

    records: list[EvaluationRecord]
    reservations: list[Reservation]
    payments: list[tuple[int, float]]


class Inbox:
    """An actor between workers and driver: holds what is for the driver until it is taken.

    The driver alone writes to the ledger, so that workers ask it for money through here as well.
    """

    def __init__(self) -> None:
        self._records: list[EvaluationRecord] = []
        self._reservations: list[Reservation] = []
        self._payments: list[tuple[int, float]] = []
        self._answers: dict[int, asyncio.Future[Answer]] = {}
        self._ids = itertools.count()
        self._filled = asyncio.Event()

    async def put(self, records: list[EvaluationRecord]) -> None:
        """Add evaluations."""
        self._records.extend(records)
        self._filled.set()

    async def reserve(self, trial: int, model: str, usd: float, pace: Pace | None) -> Answer:
        """Ask for money; return the driver's answer."""
        wish = Reservation(next(self._ids), trial, model, usd, pace)
        self._answers[wish.id] = asyncio.get_running_loop().create_future()
        self._reservations.append(wish)
        self._filled.set()
        return await self._answers[wish.id]

    async def settle(self, reservation: int, usd: float) -> None:
        """Say what a call cost."""
        self._payments.append((reservation, usd))
        self._filled.set()

    async def answer(self, answers: dict[int, Answer]) -> None:
        """Answer wishes by their ids."""
        for id, answer in answers.items():
            self._answers.pop(id).set_result(answer)

    async def wait(self, seconds: float) -> None:
        """Return when there is something to take, or after some seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._filled.wait(), seconds)

    async def take(self) -> Taken:
        """Return what is there."""
        self._filled.clear()
        taken = Taken(self._records, self._reservations, self._payments)
        self._records, self._reservations, self._payments = [], [], []
        return taken


class RemoteAccount:
    """A worker's way to the study's account; see `contracts.Account`.

    Attributes:
        trial: The trial at hand: what it had reserved when its worker was lost is known by it.
    """

    def __init__(self, inbox: Any) -> None:
        self._inbox = inbox
        self.trial = -1

    def reserve(self, model: str, worst_usd: float, pace: Pace | None = None) -> int | None:
        """See `Account.reserve`."""
        answer: Answer = ray.get(self._inbox.reserve.remote(self.trial, model, worst_usd, pace))
        if isinstance(answer, BudgetExhaustedError):
            raise answer
        return answer

    def settle(self, reservation: int, usd: float) -> None:
        """See `Account.settle`; returns when the driver is sure to hear of it."""
        ray.get(self._inbox.settle.remote(reservation, usd))


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
