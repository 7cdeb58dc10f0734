"""What every model of a provider has in common: its name and price, its client, how it is asked."""

from __future__ import annotations

import asyncio
import threading
import time
from abc import abstractmethod
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from syftr_like.contracts import (
    Component,
    DryCall,
    Json,
    ModelCall,
    ModelCallError,
    ModelReply,
    ModelRequest,
)

from .llms.calling_parameters import CallingParameters
from .network_loop import on_network_loop
from .prices import Price
from .retries import Attempts, RetryPolicy, call_with_retries, told

Client = TypeVar("Client")
T = TypeVar("T")

_NOT_ASKED = frozenset({*CallingParameters.model_fields, "price", "batch", "network"})
"""Parameters that change how a model is called and what that costs, but not what it replies."""


_REPLY_LIMITS = (
    "max_tokens", "max_completion_tokens", "max_output_tokens", "max_new_tokens", "num_predict",
)  # fmt: skip
"""What LangChain's classes call the greatest number of tokens in a reply."""


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens of one answered request; `estimated` where they were counted by us."""

    input_tokens: int
    output_tokens: int = 0
    estimated: bool = False


class CalledModel(Component, Generic[Client]):
    """A model behind a client of LangChain's.

    Subclasses say how the client is made, what the model is called and what it costs.
    """

    _client: Client | None = None
    _making = threading.Lock()

    @property
    @abstractmethod
    def model_name(self) -> str:
        """The model's name, as prices know it."""

    @property
    @abstractmethod
    def price(self) -> Price:
        """What the model costs."""

    @abstractmethod
    def make_model(self) -> Client:
        """Make the client.

        Raises:
            InputError: A package or a key is missing.
        """

    @property
    def retry_policy(self) -> RetryPolicy:
        """How often and how patiently it is called."""
        policy: RetryPolicy = self.parameters.retry_policy
        return policy

    def connect(self) -> Client:
        """Make the client unless it is made, so that no question pays for imports.

        Raises:
            InputError: A package or a key is missing.
        """
        with self._making:
            if self._client is None:
                self._client = self.make_model()
            return self._client

    def request(
        self,
        asked: dict[str, Json],
        *,
        input_tokens: int,
        output_tokens: int = 0,
        deterministic: bool = False,
        dry: DryCall | None = None,
    ) -> ModelRequest:
        """Return what is asked, with all that determines the reply.

        Args:
            asked: What is asked of the model.
            input_tokens: Tokens of one request at most.
            output_tokens: Tokens of one reply at most.
            deterministic, dry: See `ModelRequest`.
        """
        parameters: dict[str, Any] = self.parameters.model_dump(exclude=set(_NOT_ASKED))
        attempts = self.retry_policy.attempts
        return ModelRequest(
            self.model_name,
            {"component": self.name, "version": self.version, "parameters": parameters, **asked},
            self.price.usd(attempts * input_tokens, attempts * output_tokens),
            deterministic,
            self.price,
            dry,
            self.parameters.rate_limit,
        )

    async def asked(
        self,
        request: ModelRequest,
        ask: Callable[[], Awaitable[T]],
        *,
        usage: Callable[[T], Usage],
        value: Callable[[T], Json],
        input_tokens: int,
        output_tokens: int = 0,
        wanted: str,
        network: bool = True,
    ) -> ModelReply:
        """Ask, again where that fails for a passing reason, and count what it consumes.

        A request whose reply never came, or could not be read, is charged for its input and for
        the longest reply: the provider may have made it, and nobody knows how long it was. One
        that was refused is not.

        Args:
            request: What is asked; it seeds the waits between attempts.
            ask: Sends one request.
            usage: The tokens of an answer.
            value: The reply in an answer, as JSON; raises when there is none.
            input_tokens: Tokens of one request, counted by us.
            output_tokens: Tokens of one reply at most.
            wanted: What is asked for, in words for the error.
            network: Whether it waits for a network; otherwise it is asked here and once.

        Raises:
            ModelCallError: No usable answer within the declared attempts, or cancelled.
        """
        attempts, answered = Attempts(), Usage(0)
        started = time.perf_counter()

        def call() -> ModelCall:
            unanswered = attempts.unanswered + attempts.in_flight
            sent = answered.input_tokens + unanswered * input_tokens
            received = answered.output_tokens + unanswered * output_tokens
            return ModelCall(
                model=self.model_name,
                input_tokens=sent,
                output_tokens=received,
                usd=self.price.usd(sent, received),
                seconds=time.perf_counter() - started,
                attempts=attempts.sent,
                tokens_estimated=answered.estimated or unanswered > 0,
                price_source=self.price.source,
            )

        try:
            if network:
                answer = await on_network_loop(
                    call_with_retries(ask, self.retry_policy, attempts, request.key())
                )
            else:
                attempts.sent = 1
                answer = await ask()
            answered = usage(answer)
            reply = value(answer)
        except (Exception, asyncio.CancelledError) as error:
            raise ModelCallError(
                f"{self.model_name} gave no {wanted} in {attempts.sent} "
                f"attempt{'s' * (attempts.sent > 1)}: {told(error)}",
                call(),
            ) from error
        return ModelReply(reply, call())


def most_tokens(text: str) -> int:
    """Return the number of tokens that no provider's vocabulary exceeds: the bytes of UTF-8.

    Vocabularies of byte pairs, and those that fall back to bytes, make at most one token of a
    byte. English has about four bytes a token; what is reserved too much is given back when the
    call is settled.
    """
    return len(text.encode("utf-8", "surrogatepass"))


def stated_reply_limit(arguments: Mapping[str, object]) -> int | None:
    """Return the greatest number of tokens in a reply that arguments of a model's class state."""
    stated = [arguments.get(name) for name in _REPLY_LIMITS]
    return max((n for n in stated if isinstance(n, int) and n > 0), default=None)
