"""Being told to end by another program: SIGTERM counts as Ctrl+C."""

from __future__ import annotations

import contextlib
import signal
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM interrupt as Ctrl+C does, so that a study ends in order and writes its files.

    It is what job schedulers, containers and service managers send. Handlers belong to the main
    thread; in another nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, _interrupt)
    try:
        yield
    finally:
        _set_back(before)


@contextmanager
def ray_starting() -> Iterator[None]:
    """Interrupt as soon as Ray has started, or failed to, if SIGTERM or Ctrl+C came meanwhile.

    Ray sets a handler of its own for SIGTERM, which ends the process without files; the one of
    before is back afterwards. And Ray forks as it starts: Python ignores what a handler raises
    within its hooks around a fork, so that neither signal is sure to interrupt.

    Raises:
        KeyboardInterrupt: One came.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.getsignal(signal.SIGTERM)
    reading, writing = socket.socketpair()
    reading.setblocking(False)
    writing.setblocking(False)
    # Python writes every signal there, whatever becomes of it in a handler.
    fd = signal.set_wakeup_fd(writing.fileno(), warn_on_full_buffer=False)
    try:
        yield
    finally:
        signal.set_wakeup_fd(fd)
        _set_back(before)
        came = _received(reading)
        reading.close()
        writing.close()
        if {signal.SIGTERM, signal.SIGINT} & came:
            # In place of whatever Ray made of it, such as SystemExit.
            raise KeyboardInterrupt


def _interrupt(*_: object) -> None:
    # A shell lets the commands that it runs in the background ignore Ctrl+C.
    if callable(signal.getsignal(signal.SIGINT)):
        signal.raise_signal(signal.SIGINT)
    else:
        raise KeyboardInterrupt


def _received(reading: socket.socket) -> set[int]:
    with contextlib.suppress(BlockingIOError):
        return set(reading.recv(4096))
    return set()


def _set_back(handler: Any) -> None:
    # None is a handler that was not set from Python, and cannot be set from it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL if handler is None else handler)
