"""Replies as server-sent events."""

from __future__ import annotations

import json

import pytest
from openai import OpenAI

LONG = "Explain step by step, then end with a line 'Answer: <answer>'.\n\nQuestion: Who built it?"
MESSAGES = [{"role": "user", "content": LONG}]
SEARCH = {
    "type": "function",
    "function": {
        "name": "search",
        "description": "Searches the archive.",
        "parameters": {
            "type": "object",
            "properties": {"query": {"type": "string"}},
            "required": ["query"],
        },
    },
}


@pytest.mark.parametrize("model", ["practice-small", "practice-large", "practice-reasoning"])
def test_the_pieces_of_a_stream_make_the_whole_reply(client: OpenAI, model: str) -> None:
    whole = client.chat.completions.create(model=model, messages=MESSAGES)
    chunks = list(client.chat.completions.create(model=model, messages=MESSAGES, stream=True))
    pieces = [chunk.choices[0].delta.content or "" for chunk in chunks]
    assert "".join(pieces) == whole.choices[0].message.content
    assert len([piece for piece in pieces if piece]) == whole.usage.completion_tokens
    assert chunks[0].choices[0].delta.role == "assistant"
    ends = [chunk.choices[0].finish_reason for chunk in chunks]
    assert ends == [None] * (len(ends) - 1) + ["stop"]
    assert len({chunk.id for chunk in chunks}) == 1


def test_usage_comes_last_and_only_if_it_is_asked_for(client: OpenAI) -> None:
    whole = client.chat.completions.create(model="practice-small", messages=MESSAGES)
    *before, last = client.chat.completions.create(
        model="practice-small",
        messages=MESSAGES,
        stream=True,
        stream_options={"include_usage": True},
    )
    assert last.choices == []
    assert last.usage == whole.usage
    assert all(chunk.usage is None for chunk in before)
    without = client.chat.completions.create(model="practice-small", messages=MESSAGES, stream=True)
    assert all(chunk.usage is None and chunk.choices for chunk in without)


def test_a_stream_is_cut_as_a_whole_reply_is(client: OpenAI) -> None:
    chunks = list(
        client.chat.completions.create(
            model="practice-small", messages=MESSAGES, stream=True, max_tokens=2
        )
    )
    assert sum(bool(chunk.choices[0].delta.content) for chunk in chunks) == 2
    assert chunks[-1].choices[0].finish_reason == "length"


def test_tool_calls_come_in_pieces_that_join_to_json(client: OpenAI) -> None:
    messages = [{"role": "user", "content": "When was it built and who was Maria Venn?"}]
    asked = {"model": "practice-large", "messages": messages, "tools": [SEARCH]}
    whole = client.chat.completions.create(**asked).choices[0]
    chunks = list(client.chat.completions.create(**asked, stream=True))
    arguments: dict[int, str] = {}
    names: dict[int, str] = {}
    identities: dict[int, str] = {}
    for chunk in chunks:
        for call in chunk.choices[0].delta.tool_calls or ():
            arguments[call.index] = arguments.get(call.index, "") + call.function.arguments
            if call.id:
                identities[call.index], names[call.index] = call.id, call.function.name
    assert whole.finish_reason == chunks[-1].choices[0].finish_reason == "tool_calls"
    assert len(whole.message.tool_calls) == 2
    for place, call in enumerate(whole.message.tool_calls):
        assert (call.id, call.function.name) == (identities[place], names[place])
        assert json.loads(arguments[place]) == json.loads(call.function.arguments)


def test_several_choices_are_streamed_under_their_numbers(client: OpenAI) -> None:
    asked = {"model": "practice-small", "messages": MESSAGES, "n": 2}
    whole = client.chat.completions.create(**asked)
    texts = ["", ""]
    for chunk in client.chat.completions.create(**asked, stream=True):
        texts[chunk.choices[0].index] += chunk.choices[0].delta.content or ""
    assert texts == [choice.message.content for choice in whole.choices]
