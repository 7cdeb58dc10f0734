"""How components call models: through one function, so that calls are cached, paid and recorded.

A component says what it asks (`ModelRequest`) and how (`send`). The engine puts a
`CallEnvironment` in force around a question or an index build; with a store in it, equal requests
are made once and replayed, and with an account in it, the worst case of each call is reserved
before it is made. Without an environment a call is simply made and recorded.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import replace

from .blocking import run_blocking
from .call_environment import CallStore
from .claim_thread import ClaimThread
from .engine_side import EngineSide, ended
from .metering import CallSpan, ModelCall
from .model_request import ModelCallError, ModelReply, ModelRequest
from .values import Json


async def call_model(request: ModelRequest, send: Callable[[], Awaitable[ModelReply]]) -> Json:
    """Return the reply to a request, made or replayed, and record the call.

    A replayed call is recorded as the original one was, with `cached` set; it reserves and pays
    nothing. Equal requests at the same time are made once. Only replies are kept: what failed is
    tried anew.

    Args:
        request: What is asked.
        send: Makes the call, all its attempts included. When it fails or is cancelled, it raises
            ModelCallError with what was consumed; after any other exception the worst case counts
            as spent.

    Raises:
        BudgetExhaustedError: The account has no room; `Meter.refused` says so as well.
        ModelCallError: `send` failed.
    """
    return (await _Calling(request, send).reply()).value


def call_model_blocking(request: ModelRequest, send: Callable[[], Awaitable[ModelReply]]) -> Json:
    """Block this thread until `call_model` is done, on an event loop of its own.

    For work in a thread, such as index building. In a thread whose own event loop is running it
    blocks that loop.

    Raises:
        BudgetExhaustedError, ModelCallError: As `call_model`.
    """

    return run_blocking(lambda: call_model(request, send))


class _Calling:
    """One call on its way."""

    def __init__(self, request: ModelRequest, send: Callable[[], Awaitable[ModelReply]]) -> None:
        self._request = request
        self._send = send
        self._engine = EngineSide()
        self._key = request.key()
        if self._engine.meter is not None and not request.deterministic:
            self._key = request.key(self._engine.meter.ordinal(self._key))
        self._seconds: float | None = None

    async def reply(self) -> ModelReply:
        """Return the reply, and note how long it took."""
        started = time.perf_counter()
        try:
            store = self._engine.environment.store
            return await (self._made() if store is None else self._found_or_made(store))
        finally:
            ended = time.perf_counter()
            seconds = ended - started if self._seconds is None else self._seconds
            if self._engine.meter is not None:
                self._engine.meter.note_span(CallSpan(started, ended, seconds))

    async def _found_or_made(self, store: CallStore) -> ModelReply:
        while True:
            reply = await self._engine.do(store.get, self._key)
            if reply is not None:
                return self._replayed(reply)
            same = self._engine.environment.join(self._key)
            if same is None:
                return await self._as_first(store)
            reply = await asyncio.wrap_future(same)
            if reply is not None:
                return self._replayed(reply)

    async def _as_first(self, store: CallStore) -> ModelReply:
        reply = None
        try:
            async with self._claimed(store):
                found = await self._engine.do(store.get, self._key)
                if found is not None:
                    reply = self._replayed(found)
                else:
                    reply = await self._made()
                    await self._engine.do(store.put, self._key, reply)
        finally:
            self._engine.environment.leave(self._key, reply)
        return reply

    @asynccontextmanager
    async def _claimed(self, store: CallStore) -> AsyncIterator[None]:
        with self._engine.refusing():
            claim = store.claim(self._key)
        if claim is None:
            yield
            return
        holder = ClaimThread(claim)
        try:
            with self._engine.refusing():
                await asyncio.wrap_future(holder.held)
            yield
        finally:
            holder.release()

    async def _made(self) -> ModelReply:
        """Reserve, send, record, settle."""
        answer = self._engine.environment.answer
        if answer is not None:
            reply = answer(self._request)
            return replace(reply, call=self._recorded(reply.call))
        worst = self._request.worst_usd
        reservation = await self._engine.reserve(self._request.model, worst, self._request.pace)
        call: ModelCall | None = None
        try:
            reply = await self._sent()
            call = reply.call
            return replace(reply, call=self._recorded(call))
        except ModelCallError as error:
            call = error.call
            self._recorded(call)
            raise
        except _CancelledWithCallError as cancelled:
            call = cancelled.call
            self._recorded(call)
            raise asyncio.CancelledError from None
        finally:
            await self._engine.settle(reservation, worst if call is None else call.usd)

    async def _sent(self) -> ModelReply:
        """Send in a task of its own, so that a cancelled call can still say what it consumed."""

        async def sending() -> ModelReply:
            return await self._send()

        task = asyncio.create_task(sending())
        try:
            return await asyncio.shield(task)
        except asyncio.CancelledError:
            task.cancel()
            await ended(task)
            if task.cancelled():
                raise
            error = task.exception()
            if error is None:  # the reply came at the same moment
                raise _CancelledWithCallError(task.result().call) from None
            if isinstance(error, ModelCallError):
                raise _CancelledWithCallError(error.call) from None
            raise

    def _recorded(self, call: ModelCall) -> ModelCall:
        call = replace(call, request=self._key, cached=False)
        self._seconds = call.seconds
        self._engine.record(call)
        return call

    def _replayed(self, reply: ModelReply) -> ModelReply:
        call = replace(reply.call, request=self._key, cached=True)
        price = self._request.price
        if price is not None:
            usd = price.usd(call.input_tokens, call.output_tokens)
            call = replace(call, usd=usd, price_source=price.source)
        self._seconds = call.seconds
        self._engine.record(call)
        return reply


class _CancelledWithCallError(Exception):
    """A call was cancelled and says what it consumed until then."""

    def __init__(self, call: ModelCall) -> None:
        super().__init__()
        self.call = call
