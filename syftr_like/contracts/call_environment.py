"""What the engine puts around components' calls of models: where replies are kept, and who pays."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import Protocol, TypeVar

from syftr_like.errors import SyftrLikeError

from .model_request import ModelReply, ModelRequest, Pace

T = TypeVar("T")


class BudgetExhaustedError(SyftrLikeError):
    """The budget has no room for what a call may cost at worst; the call was not made."""


class CallStore(Protocol):
    """Where replies are kept. Methods may block; they are called from several threads at a time.

    What they raise ends the study: the call that would be paid again is not made.
    """

    def get(self, key: str) -> ModelReply | None:
        """Return the reply of an earlier call, None where there is none."""
        ...

    def put(self, key: str, reply: ModelReply) -> None:
        """Keep a reply."""
        ...

    def claim(self, key: str) -> AbstractContextManager[object] | None:
        """Return what is held while the call is made, so that no other process makes it as well.

        It is entered and left in one thread, and may block for as long as another process holds
        it. None where no other process uses the store.
        """
        ...


class Account(Protocol):
    """Who pays. Methods may block for a moment; they are called from several threads at a time."""

    def reserve(self, model: str, worst_usd: float, pace: Pace | None = None) -> int | None:
        """Set aside what a call costs at most, before it is made.

        Args:
            model: The model's name.
            worst_usd: What the call costs at most.
            pace: Its part in a rate limit of the model; None without one.

        Returns:
            The reservation. None where there is no room now, but may be when calls under way turn
            out cheaper than reserved, or when the rate limit allows one more: ask again.

        Raises:
            BudgetExhaustedError: There is no room, and there will be none.
        """
        ...

    def settle(self, reservation: int, usd: float) -> None:
        """Replace a reservation by what the call cost."""
        ...


class CallEnvironment:
    """What is in force where models are called. One per worker serves all its questions.

    Args:
        store: Where replies are kept; None keeps none.
        account: Who pays; None reserves nothing.
        answer: Answers in the models' stead, so that no call is made and nothing reserved: for
            plans. None lets calls be made.
    """

    def __init__(
        self,
        store: CallStore | None = None,
        account: Account | None = None,
        answer: Callable[[ModelRequest], ModelReply] | None = None,
    ) -> None:
        self.store = store
        self.account = account
        self.answer = answer
        self._waiting: dict[str, list[Future[ModelReply | None]]] = {}
        self._lock = threading.Lock()
        # Threads of its own: those of the event loop may all be taken by work that calls models.
        self._threads = ThreadPoolExecutor(max_workers=16, thread_name_prefix="model-calls")

    def close(self) -> None:
        """Let its threads end."""
        self._threads.shutdown(wait=False)

    def submit(self, work: Callable[..., T], *arguments: object) -> Future[T]:
        """Have work done that blocks."""
        return self._threads.submit(work, *arguments)

    def join(self, key: str) -> Future[ModelReply | None] | None:
        """Return what to wait for where the same call is under way in this process.

        None where it is not: the caller is to make it, and to call `leave` afterwards.
        """
        with self._lock:
            waiting = self._waiting.get(key)
            if waiting is None:
                self._waiting[key] = []
                return None
            waiting.append(Future())
            return waiting[-1]

    def leave(self, key: str, reply: ModelReply | None) -> None:
        """Hand the reply to those who wait for it; None where there is none."""
        with self._lock:
            waiting = self._waiting.pop(key)
        for future in waiting:
            if future.set_running_or_notify_cancel():
                future.set_result(reply)


NO_ENVIRONMENT = CallEnvironment()
"""In force outside the engine: calls are made and recorded, nothing more."""

_environment: ContextVar[CallEnvironment] = ContextVar("syftr_like_calls", default=NO_ENVIRONMENT)


@contextmanager
def calling_in(environment: CallEnvironment) -> Iterator[None]:
    """Put an environment in force inside, also for tasks and threads started inside."""
    token = _environment.set(environment)
    try:
        yield
    finally:
        _environment.reset(token)


@contextmanager
def made_directly() -> Iterator[None]:
    """Have calls inside made and recorded only: for models whose cost is this machine's time."""
    with calling_in(NO_ENVIRONMENT):
        yield


def current_environment() -> CallEnvironment:
    """Return the environment in force."""
    return _environment.get()
