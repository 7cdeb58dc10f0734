"""Asking a model for something that is read, and asking again where it cannot be."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from syftr_like.components.asking import Asked, ask, ask_all, numbered
from syftr_like.components.dry_reply import DryReplies
from syftr_like.contracts import Chunk, DryCourse, Llm, Message, Passage, calling_in
from syftr_like.errors import ComponentError
from syftr_like.planning.dry_models import DryModels

from .scripted_llm import Script


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


def test_many_are_asked_at_a_time_and_come_in_their_order() -> None:
    class Echo(Llm):
        name = "echo"

        async def complete(self, messages) -> str:
            await asyncio.sleep(0.001 * (5 - int(messages[0].text)))
            return messages[0].text

    questions = [[Message("user", str(n))] for n in range(5)]
    items = [Asked(messages, number) for messages in questions]
    assert asyncio.run(ask_all(Echo(), items, tries=1)) == [0, 1, 2, 3, 4]
    with pytest.raises(ComponentError, match="no number"):
        asyncio.run(ask_all(Script("x"), items[:1], tries=1))


def test_passages_are_numbered() -> None:
    passages = [Passage(Chunk("d", 0, 1, text), 1.0) for text in ("a", "b")]
    assert numbered(passages) == "[1] a\n\n[2] b"


def test_many_are_asked_side_by_side_but_not_all_at_once() -> None:
    class Busy(Llm):
        name = "busy"
        now, most = 0, 0

        async def complete(self, messages) -> str:
            self.now += 1
            self.most = max(self.most, self.now)
            await asyncio.sleep(0)
            self.now -= 1
            return messages[0].text

    llm = Busy()
    asked = [Asked([Message("user", str(n))], number) for n in range(9)]
    assert asyncio.run(ask_all(llm, asked, tries=1, at_a_time=3)) == list(range(9))
    assert llm.most == 3


def test_one_of_many_that_fails_is_the_failure() -> None:
    asked = [Asked([Message("user", "How many?")], number)] * 3
    with pytest.raises(ComponentError, match="it is no number"):
        asyncio.run(ask_all(Script("1", "two", "3"), asked, tries=1))


def test_a_plan_takes_the_example_for_the_reply(make) -> None:
    llm = make("langchain_chat_model", uses="tests:none", price="free", max_output_tokens=9)
    llm._client = object()  # a plan calls none
    models = DryModels()
    with calling_in(models.environment()):
        messages = [Message("user", "How many?")]
        assert asyncio.run(ask(llm, messages, number, tries=1, example="12")) == 12
        assert asyncio.run(ask(llm, messages, str.upper, tries=1)).startswith("ANSWER: A SHORT")
    assert len(models.records) == 2
    assert not models.decided


def test_where_a_reply_decides_what_is_asked_next_a_plan_takes_each(make) -> None:
    llm = make("langchain_chat_model", uses="tests:none", price="free", max_output_tokens=9)
    llm._client = object()
    models = DryModels()
    reply = partial(ask, llm, [Message("user", "How many?")], number, tries=1)
    with calling_in(models.environment()):
        for course, expected in zip(DryCourse, (1, 5, 9), strict=True):
            models.course = course
            assert asyncio.run(reply(example=DryReplies("1", "5", "9"))) == expected
    assert models.decided
