"""What every language model behind LangChain has in common: calling, retrying, metering."""

from __future__ import annotations

import asyncio
import threading
import time
from abc import abstractmethod
from collections.abc import Sequence

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from syftr_like.contracts import Llm, Message, ModelCall, fingerprint, record_model_call
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError

from ..network_loop import on_network_loop
from ..prices import Price
from ..retries import Attempts, RetryPolicy, call_with_retries, told

_ROLES: dict[str, type[BaseMessage]] = {
    "system": SystemMessage,
    "user": HumanMessage,
    "assistant": AIMessage,
}
_TOKENS_PER_MESSAGE = 4  # role and separators, as chat formats add them


class LangchainLlm(Llm):
    """A language model behind LangChain's `BaseChatModel`.

    Subclasses say how the model is made, what it is called and what it costs.
    """

    _model: BaseChatModel | None = None
    _made = threading.Lock()

    @property
    def asynchronous(self) -> bool:
        """Always: it waits for a provider."""
        return True

    @property
    @abstractmethod
    def model_name(self) -> str:
        """The model's name, as prices know it."""

    @property
    @abstractmethod
    def price(self) -> Price:
        """What the model costs."""

    @property
    @abstractmethod
    def retry_policy(self) -> RetryPolicy:
        """How often and how patiently it is called."""

    @abstractmethod
    def make_model(self) -> BaseChatModel:
        """Make the client.

        Raises:
            InputError: A package or a key is missing.
        """

    def connect(self) -> BaseChatModel:
        """Make the client unless it is made, so that no question pays for imports.

        Raises:
            InputError: A package or a key is missing.
        """
        with self._made:
            if self._model is None:
                self._model = self.make_model()
            return self._model

    async def complete(self, messages: Sequence[Message]) -> str:
        """Return the reply's text.

        One model call is recorded, however it ends. Tokens are those that the reply reports, else
        counted by us; requests that ended without a reply are charged for their input, counted by
        us, since providers may do so.

        Raises:
            ComponentError: No reply within the declared attempts.
        """
        model = await asyncio.to_thread(self.connect) if self._model is None else self._model
        sent = [_ROLES[message.role](content=message.text) for message in messages]
        attempts = Attempts()
        seed = fingerprint(self.model_name, *(message.text for message in messages))
        reply: AIMessage | None = None
        start = time.perf_counter()
        try:
            reply = await on_network_loop(
                call_with_retries(lambda: model.ainvoke(sent), self.retry_policy, attempts, seed)
            )
            return str(reply.text)
        except Exception as error:
            raise ComponentError(
                f"{self.model_name} gave no reply in {attempts.sent} "
                f"attempt{'s' * (attempts.sent > 1)}: {told(error)}"
            ) from error
        finally:
            self._record(messages, reply, attempts, time.perf_counter() - start)

    def _record(
        self,
        messages: Sequence[Message],
        reply: AIMessage | None,
        attempts: Attempts,
        seconds: float,
    ) -> None:
        counted = sum(count_tokens(message.text) + _TOKENS_PER_MESSAGE for message in messages)
        unanswered = attempts.unanswered + attempts.in_flight
        input_tokens, output_tokens = unanswered * counted, 0
        estimated = unanswered > 0
        if reply is not None:
            usage = reply.usage_metadata
            if usage is None:
                estimated = True
                input_tokens += counted
                output_tokens = count_tokens(str(reply.text))
            else:
                input_tokens += usage["input_tokens"]
                output_tokens = usage["output_tokens"]
        record_model_call(
            ModelCall(
                model=self.model_name,
                input_tokens=input_tokens,
                output_tokens=output_tokens,
                usd=self.price.usd(input_tokens, output_tokens),
                seconds=seconds,
                attempts=attempts.sent,
                tokens_estimated=estimated,
                price_source=self.price.source,
            )
        )
