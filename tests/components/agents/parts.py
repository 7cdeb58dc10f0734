"""A scripted model, and tools of which the test knows what they return."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from syftr_like.contracts import (
    Answer,
    Chunk,
    Llm,
    LlmReply,
    Message,
    ModelCall,
    Passage,
    Query,
    Tool,
    ToolCall,
    record_model_call,
)

Reply = str | LlmReply | Exception


class Script(Llm):
    """Replies in turn, or as a function of what it is sent; keeps what it was sent."""

    name = "script"

    def __init__(self, *replies: Reply | Callable[[str], Reply], tokens: int = 110) -> None:
        super().__init__()
        self.replies = list(replies)
        self.tokens = tokens
        self.sent: list[list[Message]] = []
        self.tools: list[Sequence[Tool]] = []

    @property
    def prompts(self) -> list[str]:
        """Each request as one text."""
        return ["\n".join(message.text for message in messages) for messages in self.sent]

    async def complete(self, messages: Sequence[Message]) -> str:
        reply = self._next(messages)
        return reply.text if isinstance(reply, LlmReply) else reply

    async def call(self, messages: Sequence[Message], tools: Sequence[Tool]) -> LlmReply:
        self.tools.append(tools)
        reply = self._next(messages)
        return reply if isinstance(reply, LlmReply) else LlmReply(reply)

    def _next(self, messages: Sequence[Message]) -> str | LlmReply:
        self.sent.append(list(messages))
        record_model_call(ModelCall("script", self.tokens - 10, 10, 0.001, 0.0))
        reply = self.replies[0] if len(self.replies) == 1 else self.replies.pop(0)
        if callable(reply):
            reply = reply(self.prompts[-1])
        if isinstance(reply, Exception):
            raise reply
        return reply


class Search:
    """A tool that finds what the test says, by text; nothing elsewhere."""

    name = "search"

    def __init__(self, found: Mapping[str, Any] | Callable[[str], Any] | None = None) -> None:
        self._found = found or {}
        self.asked: list[str | None] = []
        self.under_way = self.most_at_a_time = 0

    async def ask(self, text: str | None = None) -> tuple[Passage, ...]:
        value = await self._value(text)
        return tuple(passage(t) for t in ([value] if isinstance(value, str) else value or ()))

    async def _value(self, text: str | None) -> Any:
        self.asked.append(text)
        self.under_way += 1
        self.most_at_a_time = max(self.most_at_a_time, self.under_way)
        await asyncio.sleep(0)
        self.under_way -= 1
        found = self._found(text or "") if callable(self._found) else self._found.get(text or "")
        if isinstance(found, Exception):
            raise found
        return found


class Expert(Search):
    """A part that answers what the test says; it declines elsewhere."""

    name = "rag"

    async def ask(self, text: str | None = None) -> Answer:  # type: ignore[override]
        value = await self._value(text)
        return Answer(value) if value else Answer("", abstained=True)


def passage(text: str) -> Passage:
    return Passage(Chunk("d", 0, len(text), text), 1.0)


def called(*calls: tuple[str, Any], text: str = "") -> LlmReply:
    """A reply that calls tools; arguments that are a text are written as they are."""
    made = (
        ToolCall(f"c{n}", name, None, arguments)
        if isinstance(arguments, str)
        else ToolCall(f"c{n}", name, arguments)
        for n, (name, arguments) in enumerate(calls)
    )
    return LlmReply(text, tuple(made))


def answer(
    agent: Any, question: str, search: Search | None = None, rag: Expert | None = None
) -> Answer:
    """Have an agent answer, with a prepared instance."""
    agent.prepare({}, None)
    tools = {"search": search} if search else {}
    experts = {"rag": rag} if rag else {}
    inputs = {"question": Query(question), "tools": tools, "experts": experts}
    return asyncio.run(agent.arun(inputs, None))
