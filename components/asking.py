"""Asking a language model to do something, and reading what it replies.

A task is a Markdown file in `tasks/` with two sections, `# system` and `# user`. `$name` stands for
what is put in, in one pass, so that a question or a passage that holds `$name`, or a heading,
changes nothing but its own place.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Sequence
from functools import cache
from importlib.resources import files
from string import Template
from typing import TypeVar

from syftr_like.contracts import (
    ComponentParameters,
    Llm,
    Message,
    Passage,
    component_parameter,
    parameter,
)
from syftr_like.errors import ComponentError

from .llms.langchain_llm import LangchainLlm

T = TypeVar("T")

_SECTIONS = ("system", "user")
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


class AskingParameters(ComponentParameters):
    """Parameters of every component that asks a language model."""

    llm: Llm = component_parameter(None, "The language model.")
    tries: int = parameter(
        2, "Replies asked for at most, where one is not in the form asked for.", ge=1, le=5
    )


def connect(llm: Llm) -> None:
    """Make a model's client now, so that the first question does not wait for it."""
    if isinstance(llm, LangchainLlm):
        llm.connect()


def task(name: str, **values: object) -> list[Message]:
    """Return the messages of a task.

    Raises:
        KeyError: The task names a value that is not given.
    """
    texts = {key: str(value) for key, value in values.items()}
    return [Message(role, text.substitute(texts)) for role, text in _read(name).items()]


def numbered(passages: Sequence[Passage]) -> str:
    """Return passages as text, numbered from 1."""
    return "\n\n".join(f"[{n}] {passage.text}" for n, passage in enumerate(passages, start=1))


async def ask(llm: Llm, messages: Sequence[Message], parse: Callable[[str], T], *, tries: int) -> T:
    """Return what a reply says.

    A reply that cannot be read is shown to the model with what is wrong, until `tries` replies were
    got; each is paid for.

    Args:
        llm: The model.
        messages: What it is asked.
        parse: Reads a reply; raises ComponentError, in words for the model, where it cannot.
        tries: Replies asked for at most; at least 1.

    Raises:
        ComponentError: The model did not reply, or never in the form asked for.
    """
    said = list(messages)
    for left in reversed(range(tries)):
        reply = await llm.complete(said)
        try:
            return parse(reply)
        except ComponentError as error:
            if left == 0:
                raise
            said += _correction(reply, error)
    raise ValueError(f"tries is at least 1, not {tries}")


def ask_blocking(
    llm: Llm,
    asked: Sequence[Sequence[Message]],
    parse: Callable[[str], T],
    *,
    tries: int,
    at_a_time: int = 8,
) -> list[T]:
    """Ask many things, some at a time, and block this thread until all is read.

    For index-time work, which runs in a thread without an event loop of its own.

    Raises:
        ComponentError: One of them failed; see `ask`.
    """

    async def all_of_them() -> list[T]:
        slots = asyncio.Semaphore(at_a_time)

        async def one(messages: Sequence[Message]) -> T:
            async with slots:
                return await ask(llm, messages, parse, tries=tries)

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(messages)) for messages in asked]
        return [done.result() for done in tasks]

    try:
        return asyncio.run(all_of_them())
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from failed


def _correction(reply: str, error: ComponentError) -> list[Message]:
    """Return the messages that ask again; providers refuse an empty message."""
    again = Message(
        "user", f"Your reply could not be read: {error}. Reply again, in the form asked for."
    )
    return [Message("assistant", reply), again] if reply.strip() else [again]


@cache
def _read(name: str) -> dict[str, Template]:
    text = files(__package__).joinpath("tasks", f"{name}.md").read_text(encoding="utf-8")
    _, *parts = _HEADING.split(text)
    sections = {
        heading.strip(): Template(body.strip())
        for heading, body in zip(parts[::2], parts[1::2], strict=True)
    }
    if tuple(sections) != _SECTIONS:
        raise ValueError(f"the task {name} must have the sections {', '.join(_SECTIONS)}")
    return sections
