"""Running a coroutine from code that is not asynchronous, also where a loop runs already."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Coroutine
from concurrent.futures import Future, wait
from typing import Any, TypeVar

T = TypeVar("T")


def run_in_own_loop(coroutine: Coroutine[Any, Any, T]) -> T:
    """Return what a coroutine returns, run in an event loop of its own.

    A Jupyter kernel runs every cell inside a loop, and a thread has one at most: there the
    coroutine gets a thread of its own. As with `asyncio.run`, an interrupt cancels the coroutine,
    and is raised once it has ended.

    Raises:
        Exception: Whatever the coroutine raises.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(coroutine)
    loop = asyncio.new_event_loop()
    task = loop.create_task(coroutine)  # here, for the context of the caller
    ended: Future[T] = Future()
    thread = threading.Thread(target=_run, args=(loop, task, ended), name="own-loop", daemon=True)
    try:
        thread.start()
        return ended.result()
    except KeyboardInterrupt:
        with contextlib.suppress(RuntimeError):  # it has ended in this moment
            loop.call_soon_threadsafe(task.cancel)
        wait([ended])
        raise


def _run(loop: asyncio.AbstractEventLoop, task: asyncio.Task[T], ended: Future[T]) -> None:
    async def outcome() -> T:
        return await task

    try:
        with asyncio.Runner(loop_factory=lambda: loop) as runner:
            value = runner.run(outcome())
    except BaseException as error:
        ended.set_exception(error)
    else:
        ended.set_result(value)
