"""The one event loop on which models are called.

Clients of model providers keep connections that belong to the event loop they were opened on, and
fail with 'Event loop is closed' on another one. A flow may be run from any loop, one per call of
`asyncio.run` for instance; so requests run on a loop of their own, in a thread that lives as long
as the process.
"""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Coroutine
from typing import Any, TypeVar

T = TypeVar("T")

_lock = threading.Lock()
_loop: asyncio.AbstractEventLoop | None = None
_thread: threading.Thread | None = None


async def on_network_loop(work: Coroutine[Any, Any, T]) -> T:
    """Await `work` on the network loop; cancelling the caller cancels it there."""
    loop = _network_loop()
    if asyncio.get_running_loop() is loop:
        return await work
    return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, loop))


def wait_on_network_loop(work: Coroutine[Any, Any, T]) -> T:
    """Run `work` on the network loop and block this thread until it is done.

    Raises:
        RuntimeError: This is the network loop's own thread, which would wait for itself.
    """
    loop = _network_loop()
    if _thread is threading.current_thread():
        work.close()
        raise RuntimeError("work on the network loop must be awaited, not waited for")
    return asyncio.run_coroutine_threadsafe(work, loop).result()


def _network_loop() -> asyncio.AbstractEventLoop:
    global _loop, _thread
    with _lock:
        if _loop is None:
            _loop = asyncio.new_event_loop()
            _thread = threading.Thread(
                target=_loop.run_forever, name="syftr-like network", daemon=True
            )
            _thread.start()
        return _loop


def _forget() -> None:
    """Start anew in a forked child, which has the loop but not its thread."""
    global _lock, _loop, _thread
    _lock, _loop, _thread = threading.Lock(), None, None


if hasattr(os, "register_at_fork"):  # not on Windows, which does not fork
    os.register_at_fork(after_in_child=_forget)
