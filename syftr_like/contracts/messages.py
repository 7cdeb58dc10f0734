"""What is said to language models, and what they reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from .values import Json


@dataclass(frozen=True, slots=True)
class Tool:
    """Something that a model may ask to be done.

    Attributes:
        name: Letters, digits, `_` and `-`.
        description: What it does and when to use it, for the model.
        parameters: JSON Schema of its arguments, an object.
    """

    name: str
    description: str
    parameters: Mapping[str, Json]

    def to_json(self) -> dict[str, Json]:
        """Return it as the chat protocols of providers have it."""
        function: dict[str, Json] = {
            "name": self.name,
            "description": self.description,
            "parameters": self.parameters,
        }
        return {"type": "function", "function": function}


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What a model asks to be done.

    Attributes:
        id: The model's own name for it, which the result is sent back under.
        name: The tool, as the model wrote it: there may be none of that name.
        arguments: Its arguments; None where what the model wrote is no JSON object.
        written: The arguments as the model wrote them, where they are None.
    """

    id: str
    name: str
    arguments: Mapping[str, Json] | None
    written: str = ""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    Attributes:
        role: `system`, `user`, `assistant`, or `tool` for what a tool call came to.
        text: What is said.
        tool_calls: What an assistant asked to be done.
        answers: Of a tool's result: the id of the tool call.
    """

    role: str
    text: str
    tool_calls: tuple[ToolCall, ...] = ()
    answers: str | None = None

    def to_json(self) -> Json:
        """Return what is said as JSON: what the address of a request is made from."""
        if not self.tool_calls and self.answers is None:
            return [self.role, self.text]
        calls: list[Json] = [[c.id, c.name, c.arguments, c.written] for c in self.tool_calls]
        return [self.role, self.text, calls, self.answers]


@dataclass(frozen=True, slots=True)
class LlmReply:
    """A reply to a model that was given tools: a text, or calls of tools, or both."""

    text: str
    tool_calls: tuple[ToolCall, ...] = ()

    def as_message(self) -> Message:
        """Return the reply as a message of the conversation."""
        return Message("assistant", self.text, self.tool_calls)
