"""Models that are not called: they answer at once, and note what the call would have been."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from syftr_like.contracts import (
    Adapter,
    BudgetExhaustedError,
    CallEnvironment,
    Component,
    DryCourse,
    ModelCall,
    ModelReply,
    ModelRequest,
)
from syftr_like.contracts.model_request import Pace
from syftr_like.errors import ComponentError

REPLY = "Answer: a short reply"
"""What language models seem to reply, where a component gives no example of a reply."""

REPLY_TOKENS = 3
"""What replies seem to take of an agent's limit of tokens. Few, so that where a loop is to be as
long as limits allow, no limit is reached sooner than it can be."""


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
        declared: Whether the request said what the call would be like. Where it did not, tokens
            are 0, no reply was given, and what that would have led to is not known.
        request: Content address of the request.
    """

    model: str
    input_tokens: int
    most_output_tokens: int
    input_usd: float
    most_usd: float
    worst_usd: float
    declared: bool = True
    request: str = ""


class DryModels:
    """Stands in for all models. Thread-safe: it only appends.

    Attributes:
        records: The calls that were not made.
        course: Which replies are taken where they decide how many calls follow.
        decided: Whether there were such replies since this was last set to False.
    """

    def __init__(self) -> None:
        self.records: list[DryRecord] = []
        self.course = DryCourse.USUAL
        self.decided = False

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
        worst = request.worst_usd
        if dry is None:
            # Noted first: the component may make an answer of the error, and the call is paid for
            # in the study all the same.
            self.records.append(
                DryRecord(request.model, 0, 0, 0.0, worst, worst, False, request.key())
            )
            raise ComponentError(f"calls of {request.model} cannot be planned without making them")
        price = request.price
        input_usd, most_usd = (
            (price.usd(dry.input_tokens, 0), price.usd(dry.input_tokens, dry.output_tokens))
            if price is not None
            else (worst, worst)
        )
        self.records.append(
            DryRecord(
                request.model,
                dry.input_tokens,
                dry.output_tokens,
                input_usd,
                most_usd,
                worst,
                request=request.key(),
            )
        )
        tokens = min(REPLY_TOKENS, dry.output_tokens)
        call = ModelCall(request.model, dry.input_tokens, tokens, most_usd, 0.0)
        if dry.by_course is None:
            return ModelReply(dry.reply(REPLY), call)
        self.decided = True
        return ModelReply(dry.by_course(self.course), call)


class _NoMoney:
    """Refuses the calls that are made past `call_model`, inside LangChain objects."""

    def reserve(self, model: str, worst_usd: float, pace: Pace | None = None) -> int | None:
        """Refuse."""
        raise BudgetExhaustedError(f"{model} is called from inside a component")

    def settle(self, reservation: int, usd: float) -> None:
        """Take note of nothing: nothing was reserved."""


def without_bound(calls: Iterable[DryRecord]) -> str | None:
    """Return which calls may cost anything for all that is known of them, None if none may.

    A request that says neither what its call would be like nor what it costs at most could be
    free; but a plan that took it to be would promise that.
    """
    for call in calls:
        if not call.declared and not 0 < call.worst_usd < math.inf:
            return (
                f"calls of {call.model} say neither how long they would be nor what they cost at"
                " most"
            )
    return None


def calls_out_by_itself(components: Iterable[Component]) -> str | None:
    """Return which of a flow's nodes may reach a network past the engine, None if none does."""
    for component in components:
        if isinstance(component, Adapter) and component.asynchronous:
            return f"{component.parameters.uses} calls out by itself"
    return None
