"""Asking a language model to do something, and reading what it replies.

A task is a Markdown file in `tasks/` with two sections, `# system` and `# user`. `$name` stands for
what is put in, in one pass, so that a question or a passage that holds `$name`, or a heading,
changes nothing but its own place.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from string import Template
from typing import Any, Generic, TypeVar

from syftr_like.contracts import (
    Component,
    ComponentParameters,
    Indexes,
    Llm,
    Message,
    NodeComponent,
    Passage,
    component_parameter,
    parameter,
)
from syftr_like.errors import ComponentError

from .dry_reply import DryExample, dry_reply
from .llms.langchain_llm import LangchainLlm
from .side_by_side import AT_A_TIME

T = TypeVar("T")

_SECTIONS = ("system", "user")
_HEADING = re.compile(r"^# (.+)$", re.MULTILINE)


class AskingParameters(ComponentParameters):
    """Parameters of every component that asks a language model."""

    llm: Llm = component_parameter(None, "The language model.")
    tries: int = parameter(
        2, "Replies asked for at most, where one is not in the form asked for.", ge=1, le=5
    )


@dataclass(frozen=True, slots=True)
class Asked(Generic[T]):
    """One of several things to ask.

    Attributes:
        messages: What a model is asked.
        parse, example: See `ask`.
    """

    messages: Sequence[Message]
    parse: Callable[[str], T]
    example: DryExample = None


class AsksLlm(NodeComponent):
    """What components that ask a language model have in common: they are awaited.

    To be named before the kind among a component's bases.
    """

    parameters: AskingParameters

    @property
    def asynchronous(self) -> bool:
        """Always: it waits for the model."""
        return True

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the model's client, so that the first question does not wait for it."""
        connect(self.parameters.llm)
        return None


def connect(component: Component) -> None:
    """Make a model's client now, so that the first question does not wait for it.

    Args:
        component: The model, or what holds models in its parameters, at any depth.
    """
    if isinstance(component, LangchainLlm):
        component.connect()
    for name in type(component.parameters).model_fields:
        inner = getattr(component.parameters, name)
        if isinstance(inner, Component):
            connect(inner)


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


async def ask(
    llm: Llm,
    messages: Sequence[Message],
    parse: Callable[[str], T],
    *,
    tries: int,
    example: DryExample = None,
) -> T:
    """Return what a reply says.

    A reply that cannot be read is shown to the model with what is wrong, until `tries` replies were
    got; each is paid for.

    Args:
        llm: The model.
        messages: What it is asked.
        parse: Reads a reply; raises ComponentError, in words for the model, where it cannot.
        tries: Replies asked for at most; at least 1.
        example: A reply in the form asked for, which a plan takes for the model's, or several
            where the reply decides what is asked next; None where `parse` reads any text.

    Raises:
        ComponentError: The model did not reply, or never in the form asked for.
    """
    said = list(messages)
    for left in reversed(range(tries)):
        with dry_reply(example):
            reply = await llm.complete(said)
        try:
            return parse(reply)
        except ComponentError as error:
            if left == 0:
                raise
            said += _correction(reply, error)
    raise ValueError(f"tries is at least 1, not {tries}")


async def ask_all(
    llm: Llm, asked: Sequence[Asked[T]], *, tries: int, at_a_time: int = AT_A_TIME
) -> list[T]:
    """Ask many things side by side, and return what the replies say, in the order asked.

    Args:
        llm: The model.
        asked: What it is asked.
        tries: See `ask`.
        at_a_time: Requests that are under way at a time.

    Raises:
        ComponentError: One of them failed; the others are given up.
    """
    slots = asyncio.Semaphore(at_a_time)

    async def one(item: Asked[T]) -> T:
        async with slots:
            return await ask(llm, item.messages, item.parse, tries=tries, example=item.example)

    tasks = [asyncio.create_task(one(item)) for item in asked]
    try:
        return list(await asyncio.gather(*tasks))
    except BaseException:
        for unfinished in tasks:
            unfinished.cancel()
        # Until they have said what they consumed.
        await asyncio.gather(*tasks, return_exceptions=True)
        raise


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
