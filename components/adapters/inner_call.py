"""The account of model calls that a LangChain object makes inside: reserved, recorded, settled."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from langchain_core.messages import AIMessage
from langchain_core.outputs import ChatGeneration, LLMResult

from syftr_like.contracts import EngineSide, ModelCall, ModelRequest
from syftr_like.contracts.metering import CallSpan
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError, InputError

from ..called_model import most_tokens, stated_reply_limit
from ..prices import Price, StatedPrice, price_of

LONGEST_UNSTATED_REPLY = 16_384
"""Tokens reserved for the reply of a model that states no limit of its own (`max_tokens`)."""

_MOST_TOKENS_OF_LAYOUT = 64  # roles and separators of a request, for the worst case


@dataclass(slots=True)
class InnerCall:
    """One call, as far as it is known."""

    model: str
    texts: list[str]
    price: Price
    longest_reply: int
    asked: float
    started: float
    reservation: int | None = None
    input_tokens: int = 0
    output_tokens: int = 0
    estimated: bool = True

    @property
    def worst_usd(self) -> float:
        """What it costs at most."""
        most = sum(map(most_tokens, self.texts)) + _MOST_TOKENS_OF_LAYOUT
        return self.price.usd(most, self.longest_reply)

    @property
    def usd(self) -> float:
        """What it cost, as far as it is known."""
        return self.price.usd(self.input_tokens, self.output_tokens)


class InnerCalls:
    """The calls made inside one run of a component.

    Attributes:
        unpriced: A model that was to be called and whose price is not known.
    """

    def __init__(self, component: str, stated: StatedPrice | None) -> None:
        self.component = component
        self.unpriced: str | None = None
        self._stated = stated
        self._engine = EngineSide()
        self._open: dict[UUID, InnerCall] = {}
        self._wanted = True

    def known(self, run_id: UUID) -> bool:
        """Whether the call was begun and has not ended."""
        return run_id in self._open

    def begin(
        self, run_id: UUID, texts: list[str], serialized: Mapping[str, Any] | None, **told: Any
    ) -> InnerCall:
        """Take note of a call that is about to be made.

        Raises:
            ComponentError: The model's price is not known; the call must not be made.
        """
        metadata = told.get("metadata") or {}
        name = metadata.get("ls_model_name") or (serialized or {}).get("name") or "unknown"
        provider = metadata.get("ls_provider")
        model = f"{provider}:{name}" if provider else str(name)
        try:
            price = price_of(model, self._stated)
        except InputError:
            self.unpriced = model
            raise self.price_missing() from None
        limit = stated_reply_limit(
            {"max_tokens": metadata.get("ls_max_tokens"), **(told.get("invocation_params") or {})}
        )
        now = time.perf_counter()
        call = InnerCall(model, texts, price, limit or LONGEST_UNSTATED_REPLY, now, now)
        call.input_tokens = sum(map(count_tokens, texts))
        self._open[run_id] = call
        return call

    def price_missing(self) -> ComponentError:
        """Return the error of a model whose price is not known."""
        return ComponentError(
            f"{self.component} calls the model '{self.unpriced}', whose price is not known: "
            "state `price`"
        )

    async def areserve(self, run_id: UUID, call: InnerCall) -> None:
        """Reserve the call's worst case.

        Raises:
            BudgetExhaustedError: There is no room for it; the call must not be made.
        """
        try:
            call.reservation = await self._engine.reserve(call.model, call.worst_usd)
        except BaseException:
            del self._open[run_id]
            raise
        call.started = time.perf_counter()

    def reserve(self, run_id: UUID, call: InnerCall) -> None:
        """Reserve the call's worst case; blocks.

        Raises:
            BudgetExhaustedError: There is no room for it; the call must not be made.
        """
        try:
            call.reservation = self._engine.reserve_blocking(
                call.model, call.worst_usd, lambda: self._wanted
            )
        except BaseException:
            del self._open[run_id]
            raise
        call.started = time.perf_counter()

    async def aend(self, run_id: UUID, response: LLMResult | None) -> None:
        """Take note of a reply, or of a failure: its input stays charged."""
        call = self._ended(run_id, response)
        if call is not None:
            await self._engine.settle(call.reservation, call.usd)

    def end(self, run_id: UUID, response: LLMResult | None) -> None:
        """Take note of a reply, or of a failure: its input stays charged. Blocks."""
        call = self._ended(run_id, response)
        if call is not None:
            self._engine.settle_blocking(call.reservation, call.usd)

    def close(self) -> None:
        """Record and settle the calls that were cut off."""
        self._wanted = False
        for run_id in list(self._open):
            self.end(run_id, None)

    def _ended(self, run_id: UUID, response: LLMResult | None) -> InnerCall | None:
        call = self._open.pop(run_id, None)
        if call is None:
            return None
        if response is not None:
            _count_reply(call, response)
        now = time.perf_counter()
        if self._engine.meter is not None:
            # The wait for room in the budget is not the node's own time.
            self._engine.meter.note_span(CallSpan(call.asked, now, now - call.started))
        self._engine.record(
            ModelCall(
                model=call.model,
                input_tokens=call.input_tokens,
                output_tokens=call.output_tokens,
                usd=call.usd,
                seconds=now - call.started,
                tokens_estimated=call.estimated,
                price_source=call.price.source,
                request=ModelRequest(call.model, {"inside": call.texts}, 0.0).key(),
            )
        )
        return call


def _count_reply(call: InnerCall, response: LLMResult) -> None:
    """Take the tokens that a reply reports, else count them."""
    generations = [item for batch in response.generations for item in batch]
    call.output_tokens = sum(count_tokens(item.text) for item in generations)
    if generations and isinstance(generations[0], ChatGeneration):
        message = generations[0].message
        usage = message.usage_metadata if isinstance(message, AIMessage) else None
        if usage is not None:
            call.input_tokens = usage["input_tokens"]
            call.output_tokens = usage["output_tokens"]
            call.estimated = False
