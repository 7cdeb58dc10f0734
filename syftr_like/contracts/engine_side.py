"""The engine's part in a call of a model: blocking work in its threads, and reservations."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from typing import Any, TypeVar

from .call_environment import Account, BudgetExhaustedError, current_environment
from .metering import ModelCall, current_meter
from .model_request import Pace

T = TypeVar("T")

FIRST_PAUSE_S, LONGEST_PAUSE_S = 0.01, 0.25
"""Waits before the account is asked again for room that others may give back."""

_NO_ROOM_IN_TIME = "the budget had no room for a call while the question had time"


class EngineSide:
    """The environment and the meter in force where it was made.

    Whatever the engine raises is noted in `Meter.refused`: it is no failure of the flow, whatever
    the component makes of it.
    """

    def __init__(self) -> None:
        self.environment = current_environment()
        self.meter = current_meter()

    async def do(self, work: Callable[..., T], *arguments: object) -> T:
        """Have work done in a thread, to the end even when we are cancelled."""
        submitted = self._submitted(work, *arguments)
        with self.refusing():
            try:
                return await asyncio.shield(submitted)
            except asyncio.CancelledError:
                await ended(submitted)
                raise

    async def reserve(self, model: str, worst_usd: float, pace: Pace | None = None) -> int | None:
        """Return a reservation, None where nothing is reserved; wait while there is no room.

        What it waits is not counted against the time that a question has.

        Raises:
            BudgetExhaustedError: There will be no room.
        """
        account = self.environment.account
        if account is None or (worst_usd <= 0 and pace is None):
            return None
        reservation = await self._reserve_now(account, model, worst_usd, pace)
        if reservation is not None:
            return reservation
        with nullcontext() if self.meter is None else self.meter.waiting():
            return await self._reserve_later(account, model, worst_usd, pace)

    async def _reserve_later(
        self, account: Account, model: str, worst_usd: float, pace: Pace | None
    ) -> int:
        pause = FIRST_PAUSE_S
        while True:
            try:
                await asyncio.sleep(pause)
            except asyncio.CancelledError:
                self._refuse(_NO_ROOM_IN_TIME)
                raise
            pause = min(LONGEST_PAUSE_S, 2 * pause)
            reservation = await self._reserve_now(account, model, worst_usd, pace)
            if reservation is not None:
                return reservation

    def reserve_blocking(
        self, model: str, worst_usd: float, wanted: Callable[[], bool]
    ) -> int | None:
        """Block this thread as `reserve` waits, for as long as the call is `wanted`.

        Raises:
            BudgetExhaustedError: There will be no room, or the call is not wanted any more.
        """
        account = self.environment.account
        if account is None or worst_usd <= 0:
            return None
        pause = FIRST_PAUSE_S
        with self.refusing():
            while wanted():
                reservation = account.reserve(model, worst_usd)
                if reservation is not None:
                    return reservation
                time.sleep(pause)
                pause = min(LONGEST_PAUSE_S, 2 * pause)
            raise BudgetExhaustedError(_NO_ROOM_IN_TIME)

    async def settle(self, reservation: int | None, usd: float) -> None:
        """Enter what a call cost; nothing where nothing was reserved."""
        account = self.environment.account
        if account is not None and reservation is not None:
            await self.do(account.settle, reservation, usd)

    def settle_blocking(self, reservation: int | None, usd: float) -> None:
        """Enter what a call cost, from a thread that may block."""
        account = self.environment.account
        if account is not None and reservation is not None:
            with self.refusing():
                account.settle(reservation, usd)

    def record(self, call: ModelCall) -> None:
        """Report a call to the meter, from whatever thread or task."""
        if self.meter is not None:
            self.meter.model_calls.append(call)

    @contextmanager
    def refusing(self) -> Iterator[None]:
        """Note what the engine raises inside."""
        try:
            yield
        except Exception as error:
            self._refuse(str(error) or type(error).__name__)
            raise

    async def _reserve_now(
        self, account: Account, model: str, worst_usd: float, pace: Pace | None
    ) -> int | None:
        paced = () if pace is None else (pace,)
        reserving = self._submitted(account.reserve, model, worst_usd, *paced)
        try:
            with self.refusing():
                return await asyncio.shield(reserving)
        except asyncio.CancelledError:
            await ended(reserving)
            # Nobody is left who would use it.
            if reserving.exception() is None:
                await self.settle(reserving.result(), 0.0)
            raise

    def _submitted(self, work: Callable[..., T], *arguments: object) -> asyncio.Future[T]:
        return asyncio.wrap_future(self.environment.submit(work, *arguments))

    def _refuse(self, reason: str) -> None:
        if self.meter is not None and self.meter.refused is None:
            self.meter.refused = reason


async def ended(task: asyncio.Future[Any]) -> None:
    """Wait until a task or future is done, even when we are cancelled again."""
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError:
            continue
