"""What the stand-in hands to the protocol."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call; `arguments` is JSON as text."""

    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Reply:
    """One choice before it is cut to `stop` and `max_tokens`.

    Attributes:
        text: What is said; empty beside tool calls.
        calls: Tools to call.
        task: What the prompt was taken to ask for.
    """

    text: str
    calls: tuple[Call, ...] = ()
    task: str = ""
