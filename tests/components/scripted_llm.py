"""Language models for tests: one replies in turn, one does what it is asked as words allow."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence

from syftr_like.contracts import Llm, Message

_WORD = re.compile(r"\w+")
_QUESTION = re.compile(r"^Question: (.*)$", re.MULTILINE)


class Script(Llm):
    """Replies in turn, and keeps what it was sent."""

    name = "script"

    def __init__(self, *replies: str) -> None:
        super().__init__()
        self.replies = list(replies)
        self.sent: list[list[Message]] = []

    async def complete(self, messages: Sequence[Message]) -> str:
        self.sent.append(list(messages))
        return self.replies.pop(0)


class Replying(Llm):
    """Replies by a function of the last message, and keeps what it was sent."""

    name = "replying"

    def __init__(self, reply: Callable[[str], str]) -> None:
        super().__init__()
        self.reply = reply
        self.sent: list[list[Message]] = []

    async def complete(self, messages: Sequence[Message]) -> str:
        self.sent.append(list(messages))
        return self.reply(messages[-1].text)


def question_in(text: str) -> str:
    found = _QUESTION.search(text)
    return found[1] if found else ""


def shared_words(question: str, passage: str) -> float:
    """The share of the question's words that stand in the passage."""
    asked = {word for word in _WORD.findall(question.lower()) if len(word) > 3}
    found = asked & set(_WORD.findall(passage.lower()))
    return len(found) / max(1, len(asked))
