"""Paying for the model calls that a LangChain object makes inside.

A retriever may rewrite the question with a language model, a reranker or a chain may ask one.
LangChain tells every call to the callbacks in force before it is made. The handlers here reserve
its worst case, which stops it where the budget has no room, and record it when it has ended.

What they cannot see: attempts that a class repeats on its own, of which one is counted, and calls
of embedding models. Replies are not replayed from the cache either; that is for whole nodes. A
model that is called blocking inside a coroutine is recorded, but not stopped by the budget.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any
from uuid import UUID

from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.messages import BaseMessage
from langchain_core.outputs import LLMResult
from langchain_core.tracers.context import register_configure_hook

from ..prices import StatedPrice
from .inner_call import InnerCalls

Serialized = dict[str, Any] | None
"""How LangChain describes the object that is called."""


class BlockingCalls(BaseCallbackHandler):
    """Accounts for calls that block a thread; those awaited on an event loop are not its own."""

    raise_error = True  # otherwise LangChain logs a refusal and makes the call
    run_inline = True

    def __init__(self, calls: InnerCalls) -> None:
        self._calls = calls

    def on_chat_model_start(
        self,
        serialized: Serialized,
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        **told: Any,
    ) -> None:
        """Reserve for a call of a chat model."""
        self.on_llm_start(serialized, _texts(messages), run_id=run_id, **told)

    def on_llm_start(
        self, serialized: Serialized, prompts: list[str], *, run_id: UUID, **told: Any
    ) -> None:
        """Reserve for a call of a completion model."""
        if not _on_a_loop():
            call = self._calls.begin(run_id, prompts, serialized, **told)
            self._calls.reserve(run_id, call)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **told: Any) -> None:
        """Record a reply."""
        if not _on_a_loop():
            self._calls.end(run_id, response)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **told: Any) -> None:
        """Record a failure."""
        if not _on_a_loop():
            self._calls.end(run_id, None)


class AwaitedCalls(AsyncCallbackHandler):
    """Accounts for calls that are awaited; those that `BlockingCalls` knows are not its own."""

    raise_error = True

    def __init__(self, calls: InnerCalls) -> None:
        self._calls = calls

    async def on_chat_model_start(
        self,
        serialized: Serialized,
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        **told: Any,
    ) -> None:
        """Reserve for a call of a chat model."""
        await self.on_llm_start(serialized, _texts(messages), run_id=run_id, **told)

    async def on_llm_start(
        self, serialized: Serialized, prompts: list[str], *, run_id: UUID, **told: Any
    ) -> None:
        """Reserve for a call of a completion model."""
        if not self._calls.known(run_id):
            call = self._calls.begin(run_id, prompts, serialized, **told)
            await self._calls.areserve(run_id, call)

    async def on_llm_end(self, response: LLMResult, *, run_id: UUID, **told: Any) -> None:
        """Record a reply."""
        await self._calls.aend(run_id, response)

    async def on_llm_error(self, error: BaseException, *, run_id: UUID, **told: Any) -> None:
        """Record a failure."""
        await self._calls.aend(run_id, None)


_blocking: ContextVar[BlockingCalls | None] = ContextVar("syftr_like_blocking", default=None)
_awaited: ContextVar[AwaitedCalls | None] = ContextVar("syftr_like_awaited", default=None)
register_configure_hook(_blocking, inheritable=True)  # first, so that it is told first
register_configure_hook(_awaited, inheritable=True)


@contextmanager
def inner_model_calls(component: str, stated: StatedPrice | None) -> Iterator[None]:
    """Reserve, record and settle the calls of language models that are made inside.

    Args:
        component: What makes the calls, for the error.
        stated: Their price; None takes the price list's.

    Raises:
        ComponentError: A model was to be called whose price is not known.
        BudgetExhaustedError: The budget has no room for a call.
    """
    calls = InnerCalls(component, stated)
    blocking = _blocking.set(BlockingCalls(calls))
    awaited = _awaited.set(AwaitedCalls(calls))
    try:
        yield
    finally:
        _awaited.reset(awaited)
        _blocking.reset(blocking)
        calls.close()
    if calls.unpriced is not None:
        raise calls.price_missing()


def _on_a_loop() -> bool:
    """Whether this thread runs an event loop, which must not be blocked."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return False
    return True


def _texts(messages: list[list[BaseMessage]]) -> list[str]:
    return [str(message.text) for batch in messages for message in batch]
