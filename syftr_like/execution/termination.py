"""Being told to end by another program: SIGTERM counts as Ctrl+C."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def sigterm_as_interrupt() -> Iterator[None]:
    """Let SIGTERM interrupt as Ctrl+C does, so that a study ends in order and writes its files.

    It is what job schedulers, containers and service managers send. Enter it when Ray is running,
    which sets a handler of its own when it starts. Handlers belong to the main thread; in another
    nothing changes.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = signal.signal(signal.SIGTERM, lambda *_: signal.raise_signal(signal.SIGINT))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before if before is not None else signal.SIG_DFL)
