"""What every language model behind LangChain has in common: messages, usage, worst case."""

from __future__ import annotations

import asyncio
import json
from abc import abstractmethod
from collections.abc import Sequence
from functools import partial
from typing import Any

from langchain_core.language_models import BaseChatModel, LanguageModelInput
from langchain_core.messages import (
    AIMessage,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
)
from langchain_core.runnables import Runnable

from syftr_like.contracts import (
    DryCall,
    Json,
    Llm,
    LlmReply,
    Message,
    ModelReply,
    Tool,
    ToolCall,
    call_model,
)
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError

from ..called_model import CalledModel, Usage, most_tokens
from ..dry_reply import Said, by_course, example_or

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
        counted by us; for requests whose reply never came see `CalledModel.asked`.

        Raises:
            ComponentError: No reply within the declared attempts.
            BudgetExhaustedError: The budget has no room for the call.
        """
        reply = await self._reply(messages, ())
        return reply.text

    async def call(self, messages: Sequence[Message], tools: Sequence[Tool]) -> LlmReply:
        """Return the reply, with the calls of tools in it; recorded as `complete` is.

        Raises:
            ComponentError: No reply within the declared attempts, or the model takes no tools.
            BudgetExhaustedError: The budget has no room for the call.
        """
        return await self._reply(messages, tools)

    async def _reply(self, messages: Sequence[Message], tools: Sequence[Tool]) -> LlmReply:
        client = await asyncio.to_thread(self.connect) if self._client is None else self._client
        given = [tool.to_json() for tool in tools]
        model = _with_tools(client, given) if given else client
        sent = [_langchain_message(message) for message in messages]
        texts = [_told(message) for message in messages]
        described = json.dumps(given) if given else ""
        counted = sum(count_tokens(text) + _TOKENS_PER_MESSAGE for text in texts)
        counted += count_tokens(described)
        most = sum(most_tokens(text) + _MOST_TOKENS_PER_MESSAGE for text in texts)
        request = self.request(
            {"messages": [m.to_json() for m in messages], **({"tools": given} if given else {})},
            input_tokens=most + most_tokens(described),
            output_tokens=self.longest_reply,
            dry=DryCall(
                counted,
                self.longest_reply,
                _text_form if given else example_or,
                by_course(_tools_form if given else _text_of),
            ),
        )

        async def send() -> ModelReply:
            return await self.asked(
                request,
                lambda: model.ainvoke(sent, stop=self.stop),
                usage=partial(_usage, counted),
                value=_json_of if given else lambda reply: str(reply.text),
                input_tokens=counted,
                output_tokens=self.longest_reply,
                wanted="reply",
            )

        value = await call_model(request, send)
        return _reply_of(value) if given else LlmReply(str(value))


def _with_tools(
    client: BaseChatModel, tools: list[dict[str, Json]]
) -> Runnable[LanguageModelInput, AIMessage]:
    try:
        return client.bind_tools(tools)
    except NotImplementedError as error:
        raise ComponentError(f"{type(client).__name__} cannot be given tools") from error


def _langchain_message(message: Message) -> BaseMessage:
    if message.role == "tool":
        return ToolMessage(content=message.text, tool_call_id=message.answers or "")
    if not message.tool_calls:
        return _ROLES[message.role](content=message.text)
    calls = [call for call in message.tool_calls if call.arguments is not None]
    written = [call for call in message.tool_calls if call.arguments is None]
    return AIMessage(
        content=message.text,
        tool_calls=[
            {"name": c.name, "args": dict(c.arguments or {}), "id": c.id, "type": "tool_call"}
            for c in calls
        ],
        invalid_tool_calls=[
            {
                "name": c.name,
                "args": c.written,
                "id": c.id,
                "error": None,
                "type": "invalid_tool_call",
            }
            for c in written
        ],
    )


def _told(message: Message) -> str:
    """Return all that a message says, for counting."""
    if not message.tool_calls:
        return message.text
    return message.text + json.dumps(message.to_json())


def _text_form(text: str) -> Json:
    return {"text": text, "tool_calls": []}


def _text_of(said: Said) -> Json:
    return said if isinstance(said, str) else said.text


def _tools_form(said: Said) -> Json:
    if isinstance(said, str):
        return _text_form(said)
    calls: list[Json] = [
        [c.id, c.name, None if c.arguments is None else dict(c.arguments), c.written]
        for c in said.tool_calls
    ]
    return {"text": said.text, "tool_calls": calls}


def _json_of(reply: AIMessage) -> Json:
    calls: list[Json] = [[c["id"], c["name"], c["args"], ""] for c in reply.tool_calls]
    calls += [[c["id"], c["name"], None, c["args"]] for c in reply.invalid_tool_calls]
    return {"text": str(reply.text), "tool_calls": calls}


def _reply_of(value: Any) -> LlmReply:
    calls = (
        ToolCall(str(id or f"call-{n}"), str(name or ""), arguments, str(written or ""))
        for n, (id, name, arguments, written) in enumerate(value["tool_calls"])
    )
    return LlmReply(value["text"], tuple(calls))


def _usage(counted: int, reply: AIMessage) -> Usage:
    reported = reply.usage_metadata
    received = count_tokens(str(reply.text))
    # Servers that do not count say 0, which would make what was asked free.
    if reported is None or (counted > 0 and not reported["input_tokens"]):
        return Usage(counted, received, estimated=True)
    if received and not reported["output_tokens"]:
        return Usage(reported["input_tokens"], received, estimated=True)
    return Usage(reported["input_tokens"], reported["output_tokens"])
