"""What every language model behind LangChain has in common: messages, usage, worst case."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Sequence
from functools import partial

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, SystemMessage

from syftr_like.contracts import DryCall, Llm, Message, ModelReply, call_model
from syftr_like.contracts.tokens import count_tokens

from ..called_model import CalledModel, Usage, most_tokens
from ..dry_reply import example_or

_ROLES: dict[str, type[BaseMessage]] = {
    "system": SystemMessage,
    "user": HumanMessage,
    "assistant": AIMessage,
}
_TOKENS_PER_MESSAGE = 4  # role and separators, as chat formats add them
_MOST_TOKENS_PER_MESSAGE = 16  # the same, for the worst case


class LangchainLlm(CalledModel[BaseChatModel], Llm):
    """A language model behind LangChain's `BaseChatModel`.

    Subclasses say how the model is made, what it is called, what it costs and how long its
    replies are at most.
    """

    @property
    def asynchronous(self) -> bool:
        """Always: it waits for a provider."""
        return True

    @property
    @abstractmethod
    def longest_reply(self) -> int:
        """Tokens of a reply at most, reasoning included."""

    @property
    def stop(self) -> list[str] | None:
        """Texts at which a reply ends, without them; None for none."""
        return None

    async def complete(self, messages: Sequence[Message]) -> str:
        """Return the reply's text.

        One model call is recorded, however it ends. Tokens are those that the reply reports, else
        counted by us; requests that ended without a reply are charged for their input, counted by
        us, since providers may do so.

        Raises:
            ComponentError: No reply within the declared attempts.
            BudgetExhaustedError: The budget has no room for the call.
        """
        model = await asyncio.to_thread(self.connect) if self._client is None else self._client
        sent = [_ROLES[message.role](content=message.text) for message in messages]
        counted = sum(count_tokens(message.text) + _TOKENS_PER_MESSAGE for message in messages)
        request = self.request(
            {"messages": [[message.role, message.text] for message in messages]},
            input_tokens=sum(most_tokens(m.text) + _MOST_TOKENS_PER_MESSAGE for m in messages),
            output_tokens=self.longest_reply,
            dry=DryCall(counted, self.longest_reply, reply=example_or),
        )

        async def send() -> ModelReply:
            return await self.asked(
                request,
                lambda: model.ainvoke(sent, stop=self.stop),
                usage=partial(_usage, counted),
                value=lambda reply: str(reply.text),
                input_tokens=counted,
                wanted="reply",
            )

        return str(await call_model(request, send))


def _usage(counted: int, reply: AIMessage) -> Usage:
    reported = reply.usage_metadata
    if reported is None:
        return Usage(counted, count_tokens(str(reply.text)), estimated=True)
    return Usage(reported["input_tokens"], reported["output_tokens"])
