"""Waiting for a coroutine in code that is not asynchronous."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from typing import Any, TypeVar

T = TypeVar("T")


def run_blocking(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end on an event loop of its own, and block this thread until then.

    In a thread whose own event loop is running, as a notebook's, it blocks that loop.

    Args:
        work: Makes the coroutine, in the context of the caller.

    Raises:
        Exception: Whatever the coroutine raises.
    """

    def run() -> T:
        return asyncio.run(work())

    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return run()
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(copy_context().run, run).result()
