"""Language models for tests of index-time work."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from syftr_like.contracts import Llm, Message

_PASSAGE = re.compile(r"^Passage[^\n]*:\n\n(.*?)\n\nWrite ", re.DOTALL | re.MULTILINE)


class Replying(Llm):
    """Replies by a function of what it is asked last, and keeps what it was sent."""

    name = "replying"

    def __init__(self, reply: Callable[[str], str]) -> None:
        super().__init__()
        self.reply = reply
        self.sent: list[Sequence[Message]] = []

    def __repr__(self) -> str:
        return self.name  # in the names of tests, which all processes must agree on

    async def complete(self, messages: Sequence[Message]) -> str:
        self.sent.append(messages)
        return self.reply(messages[-1].text)


def passage_in(text: str) -> str:
    found = _PASSAGE.search(text)
    assert found is not None, text
    return found[1]


def first_word_again(text: str) -> str:
    """What is asked is about the first word of the passage."""
    word = passage_in(text).split()[0]
    return f"What is {word}?\nWhere is {word}?"
