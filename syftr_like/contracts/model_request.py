"""What a model is asked, and what it replies."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol
from uuid import uuid4

from syftr_like.errors import ComponentError

from .metering import ModelCall
from .values import Json, fingerprint


class ModelCallError(ComponentError):
    """A call that gave no reply, but consumed something.

    Attributes:
        call: What it consumed.
    """

    def __init__(self, problem: str, call: ModelCall) -> None:
        super().__init__(problem)
        self.call = call

    def __reduce__(self) -> tuple[object, ...]:
        return ModelCallError, (str(self), self.call)


class CallPrice(Protocol):
    """What a model costs, and where that is known from."""

    @property
    def source(self) -> str:
        """Where the price comes from, for example `space file`."""
        ...

    def usd(self, input_tokens: int, output_tokens: int) -> float:
        """Return what a call costs, in US dollars."""
        ...


class DryCourse(StrEnum):
    """What a plan takes for the course of a question whose replies decide what is asked next."""

    FEWEST = "fewest"
    USUAL = "usual"
    MOST = "most"


@dataclass(frozen=True, slots=True)
class DryCall:
    """What a call would be like, known before it is made: a plan asks for it and pays nothing.

    Attributes:
        input_tokens: Tokens of the request, counted by us.
        output_tokens: Tokens of the reply at most; 0 where it has none.
        reply: Makes a reply in the model's form, from a text where the reply is a text.
        by_course: Makes the reply that leads to as few further calls as there can be, to as many
            as are usual, or to as many as limits allow; None where what it says makes no such
            difference.
    """

    input_tokens: int
    output_tokens: int
    reply: Callable[[str], Json]
    by_course: Callable[[DryCourse], Json] | None = None


@dataclass(frozen=True, slots=True)
class RateLimit:
    """How often a model may be called, by all workers of a study together.

    Attributes:
        requests_per_minute: Calls that may begin within sixty seconds; at least 1.
        tokens_per_minute: Tokens, sent and received, of calls that begin within sixty seconds.
        concurrent: Calls under way at a time.
    """

    requests_per_minute: float | None = None
    tokens_per_minute: float | None = None
    concurrent: int | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """A call's part in a rate limit.

    Attributes:
        limit: The limit.
        tokens: The tokens that the call is expected to take at most.
    """

    limit: RateLimit
    tokens: int


@dataclass(frozen=True, slots=True)
class ModelRequest:
    """What a model is asked.

    Attributes:
        model: The model's name, as prices know it.
        content: All that determines the reply, as JSON: the messages or texts, every parameter of
            the model, its address. Never a secret.
        worst_usd: What the call costs at most, all its attempts included.
        deterministic: Whether equal requests have equal replies, as those for embeddings. Others
            are samples: the second equal request of one node for one question is another call.
        price: What a replayed call costs, for its price may have been another one when it was
            made; None replays the recorded cost.
        dry: What the call would be like; None where that cannot be known without making it.
        limit: How often the model may be called; None as often as wanted.
    """

    model: str
    content: Json
    worst_usd: float
    deterministic: bool = False
    price: CallPrice | None = None
    dry: DryCall | None = None
    limit: RateLimit | None = None

    @property
    def pace(self) -> Pace | None:
        """Its part in the rate limit, None without one."""
        if self.limit is None:
            return None
        tokens = 0 if self.dry is None else self.dry.input_tokens + self.dry.output_tokens
        return Pace(self.limit, tokens)

    def key(self, ordinal: int = 0) -> str:
        """Return the content address of the `ordinal`-th sample.

        Content that JSON cannot hold is equal to nothing, not even to itself.
        """
        return fingerprint(self.model, _canonical(self.content), str(ordinal))


@dataclass(frozen=True, slots=True)
class ModelReply:
    """What a model replied, as JSON, and what that consumed."""

    value: Json
    call: ModelCall

    def to_json(self) -> dict[str, Json]:
        """Return it as JSON, for a store."""
        return {"value": self.value, "call": dataclasses.asdict(self.call)}

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ModelReply:
        """Return what `to_json` was made of.

        Raises:
            KeyError, TypeError: It is something else.
        """
        return cls(data["value"], ModelCall(**data["call"]))


def _canonical(content: Json) -> str:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), default=_unlike_all)


def _unlike_all(value: object) -> str:
    return f"{type(value).__name__} {uuid4().hex}"
