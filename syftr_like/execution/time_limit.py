"""Ending work that takes too long."""

from __future__ import annotations

import contextvars
import ctypes
import threading
from collections.abc import Callable
from typing import Any, TypeVar

T = TypeVar("T")

LONGEST_UNWINDING_S = 10.0
"""How long work that is to end may take to do so, for instance to return from compiled code."""


class TimeLimitError(Exception):
    """Work was ended because its time was over."""


def with_time_limit(work: Callable[[], T], seconds: float | None) -> T:
    """Return what `work` returns, or end it after some seconds.

    It runs in a thread of its own, into which the error is raised at the end of the time; code
    that is not Python's is left when it returns. Work that does not end even then is left to
    itself, with whatever locks it holds.

    Raises:
        TimeLimitError: The time was over.
        Exception: What `work` raised.
    """
    if seconds is None:
        return work()
    ended = threading.Event()
    results: list[Any] = []
    errors: list[BaseException] = []

    def carry_out() -> None:
        try:
            results.append(context.run(work))
        except BaseException as error:
            errors.append(error)
        finally:
            ended.set()

    context = contextvars.copy_context()
    thread = threading.Thread(target=carry_out, name="time-limited", daemon=True)
    thread.start()
    if not ended.wait(seconds):
        assert thread.ident is not None
        ctypes.pythonapi.PyThreadState_SetAsyncExc(
            ctypes.c_ulong(thread.ident), ctypes.py_object(TimeLimitError)
        )
        ended.wait(LONGEST_UNWINDING_S)
        raise TimeLimitError
    if errors:
        raise errors[0]
    value: T = results[0]
    return value
