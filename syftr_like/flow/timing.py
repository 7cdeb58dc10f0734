"""Running one node's work and timing it: CPU-bound work in a thread, network waits in the loop."""

from __future__ import annotations

import asyncio
import contextvars
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, TypeVar

T = TypeVar("T")

FAILURES = (Exception, SystemExit, asyncio.CancelledError)
"""What a component may raise in a thread of ours. It must not end the process, or a task."""


@dataclass(frozen=True, slots=True)
class Timed:
    """What some work returned or raised, and what it took.

    Attributes:
        value: The result, None when it raised.
        error: What it raised, None when it did not. Ending the process counts as raising.
        seconds: Wall time of the work itself.
        cpu_seconds: CPU time of the work itself.
    """

    value: Any
    error: BaseException | None
    seconds: float
    cpu_seconds: float


class CpuSlot:
    """The one thread of a worker in which CPU-bound work runs, one piece at a time."""

    def __init__(self) -> None:
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="cpu-slot")

    async def run(self, work: Callable[[], Any]) -> Timed:
        """Run `work` in the slot. Its exceptions are returned, not raised."""
        context = contextvars.copy_context()
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pool, context.run, _timed_call, work)

    def close(self) -> None:
        """Let the thread end."""
        self._pool.shutdown(wait=False, cancel_futures=True)


def _timed_call(work: Callable[[], Any]) -> Timed:
    started, started_cpu = time.perf_counter(), time.thread_time()
    value: Any = None
    raised: BaseException | None = None
    try:
        value = work()
    except FAILURES as error:
        raised = error
    return Timed(value, raised, time.perf_counter() - started, time.thread_time() - started_cpu)


class Allowance:
    """Seconds that some work may take, without those that it waits for work that is timed apart.

    To be used in the event loop of the work, around the work.
    """

    def __init__(self, seconds: float) -> None:
        self._left = seconds
        self._waits = 0
        self._timer: asyncio.Timeout | None = None

    async def guard(self, work: Awaitable[T]) -> T:
        """Await work.

        Raises:
            TimeoutError: Its seconds are used up.
        """
        async with asyncio.timeout(self._left) as self._timer:
            return await work

    def pause(self) -> None:
        """Let the work wait, until `resume` was called as often."""
        if self._timer is not None and self._waits == 0:
            self._left = self._ends_at() - asyncio.get_running_loop().time()
            self._timer.reschedule(None)
        self._waits += 1

    def resume(self, used: float = 0.0) -> None:
        """Let the work go on.

        Args:
            used: Seconds that count of those it waited.
        """
        self._waits -= 1
        self._left -= used
        if self._timer is not None and self._waits == 0 and not self._timer.expired():
            self._timer.reschedule(asyncio.get_running_loop().time() + self._left)

    def _ends_at(self) -> float:
        when = None if self._timer is None else self._timer.when()
        assert when is not None, "it runs"
        return when


async def await_timed(work: Coroutine[Any, Any, Any], allowance: Allowance) -> Timed:
    """Await `work` for as long as it is allowed. Its exceptions are returned, not raised."""
    steps = _Steps(work)
    started = time.perf_counter()
    value: Any = None
    raised: BaseException | None = None
    try:
        value, raised = await allowance.guard(steps.drive())
    except asyncio.CancelledError as error:
        # Either we are cancelled, or the work let a cancellation of its own escape. The latter
        # is a failure like any other; passed on, it would end the questions' task in silence.
        task = asyncio.current_task()
        if task is None or task.cancelling():
            raise
        raised = error
    except Exception as error:
        raised = error
    return Timed(value, raised, time.perf_counter() - started, steps.cpu_seconds)


class _Steps:
    """Drives a coroutine and sums the CPU time of its steps.

    Many questions share the event loop's thread, so that the thread's clock says nothing of one
    of them; the clock around each resumption does. Tasks that the coroutine starts are not seen.
    """

    def __init__(self, work: Coroutine[Any, Any, Any]) -> None:
        self._work = work
        self.cpu_seconds = 0.0

    async def drive(self) -> tuple[Any, SystemExit | None]:
        try:
            return await self, None
        except SystemExit as ended:
            # Returned, not raised: a task that raises it ends the event loop, and the worker.
            return None, ended

    def __await__(self) -> Generator[Any, Any, Any]:
        resume: Callable[[], Any] = lambda: self._work.send(None)  # noqa: E731
        while True:
            started = time.thread_time()
            try:
                awaited = resume()
            except StopIteration as done:
                return done.value
            finally:
                self.cpu_seconds += time.thread_time() - started
            try:
                sent = yield awaited
            except BaseException as error:
                thrown = error
                resume = lambda: self._work.throw(thrown)  # noqa: B023, E731
            else:
                resume = lambda: self._work.send(sent)  # noqa: B023, E731
