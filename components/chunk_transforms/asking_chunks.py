"""Asking a language model about each chunk, where a few replies may be of no use."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Sequence
from typing import TypeVar

from syftr_like.contracts import Llm, Message, parameter
from syftr_like.contracts.blocking import run_blocking
from syftr_like.errors import ComponentError

from ..asking import AskingParameters, ask
from ..side_by_side import AT_A_TIME

T = TypeVar("T")

log = logging.getLogger("syftr_like")


class AskingChunksParameters(AskingParameters):
    """Parameters of every chunk transform that asks a language model."""

    unreadable: float = parameter(
        0.05,
        "Share of the chunks that may stay as they are because no reply about them can be read;"
        " with more, indexing fails.",
        ge=0,
        le=1,
    )


class _UnreadableError(ComponentError):
    """A reply that is not in the form asked for."""


def ask_each(
    name: str,
    parameters: AskingChunksParameters,
    asked: Sequence[Sequence[Message]],
    parse: Callable[[str], T],
) -> list[T | None]:
    """Ask about many chunks, some at a time, and block this thread until all is read.

    A chunk of which no reply can be read, within `tries`, is None in the result and in the log: one
    of thousands is no reason to throw the others away, which are paid for. A call that is not
    answered is a failure of the whole.

    Args:
        name: Who asks, for messages.
        parameters: The model, how often it is asked, and how much may be unreadable.
        asked: What is asked.
        parse: Reads a reply; raises ComponentError, in words for the model, where it cannot.

    Raises:
        ComponentError: A call was not answered, or more replies than allowed cannot be read; then
            no further calls are made.
    """
    most = int(parameters.unreadable * len(asked) + 1e-9)
    unreadable: list[str] = []

    def strictly(reply: str) -> T:
        try:
            return parse(reply)
        except ComponentError as error:
            raise _UnreadableError(str(error)) from error

    async def all_of_them() -> list[T | None]:
        slots = asyncio.Semaphore(AT_A_TIME)

        async def one(messages: Sequence[Message]) -> T | None:
            async with slots:
                if len(unreadable) > most:
                    return None  # the whole fails; nothing more is paid for it
                try:
                    return await ask(llm, messages, strictly, tries=parameters.tries)
                except _UnreadableError as error:
                    unreadable.append(str(error))
                    if len(unreadable) > most:
                        raise ComponentError(
                            f"{len(unreadable)} of {len(asked)} replies or more cannot be read,"
                            f" {most} may be; the last one: {error}"
                        ) from error
                    return None

        async with asyncio.TaskGroup() as group:
            tasks = [group.create_task(one(messages)) for messages in asked]
        return [done.result() for done in tasks]

    llm: Llm = parameters.llm
    try:
        found = run_blocking(all_of_them)
    except BaseExceptionGroup as failed:
        raise failed.exceptions[0] from failed
    if unreadable:
        log.warning(
            "%s: %d of %d replies cannot be read, so that their chunks stay as they are: %s",
            name,
            len(unreadable),
            len(asked),
            unreadable[-1],
        )
    return found
