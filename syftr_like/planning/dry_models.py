"""Models that are not called: they answer at once, and note what the call would have been."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from syftr_like.contracts import (
    Adapter,
    BudgetExhaustedError,
    CallEnvironment,
    Component,
    ModelCall,
    ModelReply,
    ModelRequest,
)
from syftr_like.errors import ComponentError

REPLY = "Answer: a short reply"
"""What language models seem to reply; the catalogue's prompts can all read it."""


@dataclass(frozen=True, slots=True)
class DryRecord:
    """A call that was not made.

    Attributes:
        model: The model's name.
        input_tokens: Tokens of the request, counted by us.
        most_output_tokens: Tokens of the reply at most; 0 for embeddings.
        input_usd: What the request costs with an empty reply.
        most_usd: What it costs with the longest reply.
        worst_usd: What is reserved for it: all its attempts, tokens at most.
    """

    model: str
    input_tokens: int
    most_output_tokens: int
    input_usd: float
    most_usd: float
    worst_usd: float


class DryModels:
    """Stands in for all models. Thread-safe: it only appends."""

    def __init__(self) -> None:
        self.records: list[DryRecord] = []

    def environment(self) -> CallEnvironment:
        """Return what is to be in force where flows are run; to be closed afterwards."""
        return CallEnvironment(account=_NoMoney(), answer=self.answer)

    def taken(self) -> tuple[DryRecord, ...]:
        """Return the calls noted since the last time."""
        records, self.records = tuple(self.records), []
        return records

    @contextmanager
    def apart(self) -> Iterator[list[DryRecord]]:
        """Note the calls inside in a list of their own."""
        outer, self.records = self.records, []
        try:
            yield self.records
        finally:
            self.records = outer

    def answer(self, request: ModelRequest) -> ModelReply:
        """Answer in a model's stead.

        Raises:
            ComponentError: The request does not say what the call would be like.
        """
        dry = request.dry
        if dry is None:
            raise ComponentError(f"calls of {request.model} cannot be planned without making them")
        price = request.price
        input_usd, most_usd = (
            (price.usd(dry.input_tokens, 0), price.usd(dry.input_tokens, dry.output_tokens))
            if price is not None
            else (request.worst_usd, request.worst_usd)
        )
        self.records.append(
            DryRecord(
                request.model,
                dry.input_tokens,
                dry.output_tokens,
                input_usd,
                most_usd,
                request.worst_usd,
            )
        )
        call = ModelCall(request.model, dry.input_tokens, dry.output_tokens, most_usd, 0.0)
        return ModelReply(dry.reply(REPLY), call)


class _NoMoney:
    """Refuses the calls that are made past `call_model`, inside LangChain objects."""

    def reserve(self, model: str, worst_usd: float) -> int | None:
        """Refuse."""
        raise BudgetExhaustedError(f"{model} is called from inside a component")

    def settle(self, reservation: int, usd: float) -> None:
        """Take note of nothing: nothing was reserved."""


def calls_out_by_itself(components: Iterable[Component]) -> str | None:
    """Return which of a flow's nodes may reach a network past the engine, None if none does."""
    for component in components:
        if isinstance(component, Adapter) and component.asynchronous:
            return f"{component.parameters.uses} calls out by itself"
    return None
