"""Asking a model for something that is read, and asking again where it cannot be."""

from __future__ import annotations

import asyncio

import pytest

from syftr_like.components.asking import ask, ask_blocking, numbered
from syftr_like.contracts import Chunk, Llm, Message, Passage
from syftr_like.errors import ComponentError


class Script(Llm):
    """Replies in turn, and keeps what it was sent."""

    name = "script"

    def __init__(self, *replies: str) -> None:
        super().__init__()
        self.replies = list(replies)
        self.sent: list[list[Message]] = []

    async def complete(self, messages) -> str:
        self.sent.append(list(messages))
        return self.replies.pop(0)


def number(reply: str) -> int:
    if not reply.isdigit():
        raise ComponentError("it is no number")
    return int(reply)


def asked(llm: Llm, tries: int) -> int:
    return asyncio.run(ask(llm, [Message("user", "How many?")], number, tries=tries))


def test_what_cannot_be_read_is_shown_with_what_is_wrong() -> None:
    llm = Script("many", "12")
    assert asked(llm, 2) == 12
    assert [m.role for m in llm.sent[1]] == ["user", "assistant", "user"]
    assert "it is no number" in llm.sent[1][2].text


def test_the_last_reply_that_cannot_be_read_is_a_failure() -> None:
    with pytest.raises(ComponentError, match="no number"):
        asked(Script("many", "few"), 2)


def test_an_empty_reply_is_not_sent_back() -> None:
    llm = Script("  ", "3")
    assert asked(llm, 2) == 3
    assert [m.role for m in llm.sent[1]] == ["user", "user"]


def test_many_are_asked_in_a_thread_and_come_in_their_order() -> None:
    class Echo(Llm):
        name = "echo"

        async def complete(self, messages) -> str:
            await asyncio.sleep(0.001 * (5 - int(messages[0].text)))
            return messages[0].text

    questions = [[Message("user", str(n))] for n in range(5)]
    assert ask_blocking(Echo(), questions, number, tries=1) == [0, 1, 2, 3, 4]
    with pytest.raises(ComponentError, match="no number"):
        ask_blocking(Script("x"), questions[:1], number, tries=1)


def test_passages_are_numbered() -> None:
    passages = [Passage(Chunk("d", 0, 1, text), 1.0) for text in ("a", "b")]
    assert numbered(passages) == "[1] a\n\n[2] b"
