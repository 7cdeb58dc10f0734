"""Holding a lock that blocks, from a coroutine."""

from __future__ import annotations

import threading
from concurrent.futures import Future
from contextlib import AbstractContextManager


class ClaimThread:
    """Enters and leaves a context manager in a thread of its own.

    Waiting for another process then takes no thread that this process needs to go on, which the
    other may be waiting for in turn; and locks that belong to a thread are left where they were
    entered.

    Attributes:
        held: Done when the context is entered; has the exception when that failed.
    """

    def __init__(self, claim: AbstractContextManager[object]) -> None:
        self.held: Future[None] = Future()
        self._claim = claim
        self._released = threading.Event()
        threading.Thread(target=self._hold, name="claim", daemon=True).start()

    def release(self) -> None:
        """Leave the context, as soon as it is entered if it is not yet."""
        self._released.set()

    def _hold(self) -> None:
        try:
            with self._claim:
                if self.held.set_running_or_notify_cancel():
                    self.held.set_result(None)
                    self._released.wait()
        except Exception as error:
            if self.held.done():  # it failed while it was left: told by `threading.excepthook`
                raise
            self.held.set_exception(error)
