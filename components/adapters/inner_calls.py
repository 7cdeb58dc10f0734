"""Counting the model calls that a LangChain object makes inside.

A retriever may rewrite the question with a language model, a reranker or a chain may ask one.
LangChain tells every call to the callbacks in force; the handler here collects them, so that they
are recorded and paid for like any other.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from langchain_core.callbacks import BaseCallbackHandler
from langchain_core.messages import AIMessage, BaseMessage
from langchain_core.outputs import ChatGeneration, LLMResult
from langchain_core.tracers.context import register_configure_hook

from syftr_like.contracts import ModelCall, record_model_call
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError, InputError

from ..prices import StatedPrice, price_of


@dataclass(slots=True)
class InnerCall:
    """One call, as far as it is known."""

    model: str
    input_tokens: int
    start: float
    output_tokens: int = 0
    seconds: float | None = None
    estimated: bool = True


class InnerCalls(BaseCallbackHandler):
    """Collects calls of chat models and completion models."""

    run_inline = True  # in the caller's context and order, not in a pool of threads

    def __init__(self) -> None:
        self.calls: dict[UUID, InnerCall] = {}

    def on_chat_model_start(
        self,
        serialized: dict[str, Any],
        messages: list[list[BaseMessage]],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Note a call of a chat model."""
        texts = [str(message.text) for batch in messages for message in batch]
        self._start(run_id, texts, metadata, serialized)

    def on_llm_start(
        self,
        serialized: dict[str, Any],
        prompts: list[str],
        *,
        run_id: UUID,
        metadata: dict[str, Any] | None = None,
        **kwargs: Any,
    ) -> None:
        """Note a call of a completion model."""
        self._start(run_id, prompts, metadata, serialized)

    def on_llm_end(self, response: LLMResult, *, run_id: UUID, **kwargs: Any) -> None:
        """Note the tokens of a reply: those that it reports, else counted by us."""
        call = self.calls.get(run_id)
        if call is None:
            return
        call.seconds = time.perf_counter() - call.start
        generations = [item for batch in response.generations for item in batch]
        call.output_tokens = sum(count_tokens(item.text) for item in generations)
        if generations and isinstance(generations[0], ChatGeneration):
            message = generations[0].message
            usage = message.usage_metadata if isinstance(message, AIMessage) else None
            if usage is not None:
                call.input_tokens = usage["input_tokens"]
                call.output_tokens = usage["output_tokens"]
                call.estimated = False

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **kwargs: Any) -> None:
        """Note the end of a call that failed; its input stays charged."""
        call = self.calls.get(run_id)
        if call is not None:
            call.seconds = time.perf_counter() - call.start

    def _start(
        self,
        run_id: UUID,
        texts: list[str],
        metadata: dict[str, Any] | None,
        serialized: dict[str, Any] | None,
    ) -> None:
        known = metadata or {}
        name = known.get("ls_model_name") or (serialized or {}).get("name") or "unknown"
        provider = known.get("ls_provider")
        self.calls[run_id] = InnerCall(
            model=f"{provider}:{name}" if provider else str(name),
            input_tokens=sum(map(count_tokens, texts)),
            start=time.perf_counter(),
        )


_in_force: ContextVar[InnerCalls | None] = ContextVar("syftr_like_inner_calls", default=None)
register_configure_hook(_in_force, inheritable=True)


@contextmanager
def inner_model_calls(component: str, stated: StatedPrice | None) -> Iterator[None]:
    """Record the calls of language models that are made inside.

    Args:
        component: What makes the calls, for the error.
        stated: Their price; None takes the price list's.

    Raises:
        ComponentError: A model was called whose price is not known.
    """
    inner = InnerCalls()
    token = _in_force.set(inner)
    try:
        yield
    finally:
        _in_force.reset(token)
        unpriced = [call.model for call in inner.calls.values() if not _record(call, stated)]
    if unpriced:
        raise ComponentError(
            f"{component} called the model '{unpriced[0]}', whose price is not known: state `price`"
        )


def _record(call: InnerCall, stated: StatedPrice | None) -> bool:
    """Record a call; return whether its price is known."""
    usd, source = 0.0, "unknown"
    try:
        price = price_of(call.model, stated)
        usd, source = price.usd(call.input_tokens, call.output_tokens), price.source
    except InputError:
        pass
    record_model_call(
        ModelCall(
            model=call.model,
            input_tokens=call.input_tokens,
            output_tokens=call.output_tokens,
            usd=usd,
            seconds=time.perf_counter() - call.start if call.seconds is None else call.seconds,
            tokens_estimated=call.estimated,
            price_source=source,
        )
    )
    return source != "unknown"
