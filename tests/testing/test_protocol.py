"""OpenAI's chat protocol, as the `openai` package speaks it."""

from __future__ import annotations

import json
import socket
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

import openai
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openai import OpenAI

from syftr_like.testing.model_server import CHAT_MODELS, EMBEDDING_MODELS, NOTICE, ModelServer
from syftr_like.testing.model_server import tokens as tokens_module
from syftr_like.testing.model_server.completions import cut
from syftr_like.testing.model_server.replies import Reply

SMALL = "practice-small"
LONG = "Explain step by step, then end with a line 'Answer: <answer>'.\n\nQuestion: Who built it?"


def said(text: str) -> list[dict[str, str]]:
    return [{"role": "user", "content": text}]


def test_a_reply_has_text_usage_and_a_reason_for_its_end(client: OpenAI) -> None:
    reply = client.chat.completions.create(model=SMALL, messages=said(LONG))
    assert reply.object == "chat.completion"
    assert reply.choices[0].message.role == "assistant"
    assert reply.choices[0].message.content
    assert reply.choices[0].finish_reason == "stop"
    assert reply.usage.total_tokens == reply.usage.prompt_tokens + reply.usage.completion_tokens
    assert reply.usage.completion_tokens == tokens_module.count(reply.choices[0].message.content)


def test_text_in_parts_is_read_as_text(client: OpenAI, passages: str) -> None:
    parts = [
        {"type": "text", "text": f"Answer from the passages.\n\n{passages}"},
        {"type": "text", "text": "\nQuestion: Who built the lighthouse at Cape Orlin?"},
    ]
    messages = [{"role": "user", "content": parts}]
    reply = client.chat.completions.create(model="practice-large", messages=messages)
    assert reply.choices[0].message.content == "Maria Venn"


@pytest.mark.parametrize("name", ["max_tokens", "max_completion_tokens"])
def test_a_reply_is_cut_at_the_greatest_number_of_tokens(client: OpenAI, name: str) -> None:
    reply = client.chat.completions.create(model=SMALL, messages=said(LONG), **{name: 3})
    assert reply.choices[0].finish_reason == "length"
    assert reply.usage.completion_tokens == 3
    whole = client.chat.completions.create(model=SMALL, messages=said(LONG))
    assert whole.choices[0].message.content.startswith(reply.choices[0].message.content)


def test_a_reply_ends_before_a_stop_sequence(client: OpenAI) -> None:
    whole = client.chat.completions.create(model=SMALL, messages=said(LONG))
    text = whole.choices[0].message.content
    word = text.split()[2]
    cut_off = client.chat.completions.create(model=SMALL, messages=said(LONG), stop=[word, "zzz"])
    assert cut_off.choices[0].message.content == text[: text.index(word)]
    assert cut_off.choices[0].finish_reason == "stop"


@given(
    text=st.text(max_size=300),
    stops=st.lists(st.text(min_size=1, max_size=3), max_size=4),
    most=st.integers(1, 60),
)
def test_whatever_the_text_it_holds_no_stop_sequence_and_not_too_many_tokens(
    text: str, stops: list[str], most: int
) -> None:
    choice = cut(Reply(text), stops, most)
    assert text.startswith(choice.text)
    assert not any(stop in choice.text for stop in stops)
    assert choice.tokens == tokens_module.count(choice.text) <= most
    assert "".join(tokens_module.pieces(text)) == text


@settings(max_examples=25, deadline=None)
@given(words=st.lists(st.sampled_from(["the", "sea", "a", "lamp", "Venn,", "[1]"]), max_size=40))
def test_usage_grows_with_the_prompt(client: OpenAI, words: list[str]) -> None:
    def counted(text: str) -> int:
        reply = client.chat.completions.create(model=SMALL, messages=said(text))
        return reply.usage.prompt_tokens

    text = " ".join(words)
    assert counted(f"Hello {text}") == counted("Hello") + tokens_module.count(f" {text}")


def test_several_choices_are_numbered_and_all_charged(client: OpenAI) -> None:
    reply = client.chat.completions.create(
        model=SMALL, messages=said(LONG), n=3, temperature=1.0, seed=5
    )
    assert [choice.index for choice in reply.choices] == [0, 1, 2]
    counts = [tokens_module.count(choice.message.content) for choice in reply.choices]
    assert reply.usage.completion_tokens == sum(counts)


def test_thoughts_stand_in_the_reply_and_are_counted_apart(client: OpenAI) -> None:
    def thought(effort: str) -> int:
        reply = client.chat.completions.create(
            model="practice-reasoning", messages=said(LONG), reasoning_effort=effort
        )
        assert reply.choices[0].message.content.startswith("<think>") == (effort != "none")
        return reply.usage.completion_tokens_details.reasoning_tokens

    assert thought("none") == 0
    assert 0 < thought("low") < thought("high")


def test_models_are_listed_with_window_price_and_notice(client: OpenAI) -> None:
    listed = {model.id: model for model in client.models.list()}
    assert set(listed) == {*CHAT_MODELS, *EMBEDDING_MODELS}
    for model in listed.values():
        assert model.description == NOTICE
        assert "no-language-model" in model.owned_by
        assert model.price["input_per_million"] > 0
    assert client.models.retrieve(SMALL).context_window == CHAT_MODELS[SMALL].window


def test_an_unknown_model_is_not_found_and_the_known_are_named(client: OpenAI) -> None:
    with pytest.raises(openai.NotFoundError, match="practice-large") as caught:
        client.chat.completions.create(model="practice-huge", messages=said("Hello"))
    assert caught.value.code == "model_not_found"
    with pytest.raises(openai.NotFoundError):
        client.embeddings.create(model=SMALL, input="a chat model")
    with pytest.raises(openai.NotFoundError):
        client.models.retrieve("practice-huge")


def test_a_prompt_beyond_the_window_is_refused(client: OpenAI) -> None:
    for text, most in (("word " * 5000, None), ("word", 5000)):
        with pytest.raises(openai.BadRequestError, match="4096 tokens") as caught:
            client.chat.completions.create(model=SMALL, messages=said(text), max_tokens=most)
        assert caught.value.code == "context_length_exceeded"


@pytest.mark.parametrize("header", [None, "Bearer ", "Basic abc"])
def test_without_a_key_nothing_is_told(server: ModelServer, header: str | None) -> None:
    for path in ("/models", "/../practice/log"):
        request = urllib.request.Request(f"{server.url}{path}".replace("/v1/..", ""))
        if header is not None:
            request.add_header("Authorization", header)
        with pytest.raises(urllib.error.HTTPError) as caught:
            urllib.request.urlopen(request)
        assert caught.value.code == 401
        assert json.load(caught.value)["error"]["code"] == "invalid_api_key"


USER = {"role": "user", "content": "Hello"}
CALL = {"id": "c1", "type": "function", "function": {"name": "search", "arguments": "{}"}}
TOOL = {"type": "function", "function": {"name": "search", "parameters": {"type": "object"}}}
BAD = {
    "no messages": {"messages": []},
    "an unknown role": {"messages": [{"role": "king", "content": "Hello"}]},
    "no content": {"messages": [{"role": "user", "content": None}]},
    "an image": {"messages": [{"role": "user", "content": [{"type": "image_url"}]}]},
    "a tool message without a call": {
        "messages": [USER, {"role": "tool", "tool_call_id": "c1", "content": "x"}]
    },
    "a call without a tool message": {
        "messages": [USER, {"role": "assistant", "tool_calls": [CALL]}]
    },
    "a call passed over": {
        "messages": [USER, {"role": "assistant", "tool_calls": [CALL]}, USER],
    },
    "temperature": {"messages": [USER], "temperature": 3},
    "top_p": {"messages": [USER], "top_p": -1},
    "no tokens": {"messages": [USER], "max_tokens": 0},
    "five stops": {"messages": [USER], "stop": list("abcde")},
    "tool_choice without tools": {"messages": [USER], "tool_choice": "required"},
    "a tool that is not there": {
        "messages": [USER],
        "tools": [TOOL],
        "tool_choice": {"type": "function", "function": {"name": "find"}},
    },
    "two tools of one name": {"messages": [USER], "tools": [TOOL, TOOL]},
    "json without the word": {"messages": [USER], "response_format": {"type": "json_object"}},
    "a schema format without a schema": {
        "messages": [USER],
        "response_format": {"type": "json_schema"},
    },
}


@pytest.mark.parametrize("body", BAD.values(), ids=BAD.keys())
def test_a_bad_request_is_refused_with_openais_error(
    client: OpenAI, body: dict[str, object]
) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model=SMALL, **body)
    assert caught.value.type == "invalid_request_error"
    assert caught.value.param


def test_what_is_no_json_is_refused_and_the_connection_goes_on(server: ModelServer) -> None:
    address = urlsplit(server.url)
    with socket.create_connection((address.hostname, address.port)) as wire:
        for body, status in ((b"{oops", b"400"), (b"[1]", b"400"), (b"{}", b"400")):
            head = (
                "POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer k\r\n"
                f"Content-Length: {len(body)}\r\n\r\n"
            )
            wire.sendall(head.encode() + body)
            with wire.makefile("rb") as answer:
                assert status in answer.readline()
                length = 0
                while (line := answer.readline().strip()) != b"":
                    if line.lower().startswith(b"content-length:"):
                        length = int(line.split(b":")[1])
                assert b'"error"' in answer.read(length)


def test_many_clients_at_once_each_get_their_own_reply(server: ModelServer) -> None:
    client = OpenAI(base_url=server.url, api_key="k", max_retries=0)

    def asked(number: int) -> str:
        text = f"Answer from the text.\n\nText: The code of door {number} is X{number}.\n\n"
        messages = said(f"{text}Question: What is the code of door {number}?")
        reply = client.chat.completions.create(model="practice-large", messages=messages)
        return reply.choices[0].message.content

    with ThreadPoolExecutor(16) as pool:
        replies = list(pool.map(asked, range(48)))
    assert [reply for n, reply in enumerate(replies) if f"X{n}" not in reply] == []


def test_half_a_character_is_read_like_any_other(server: ModelServer) -> None:
    body = {"model": SMALL, "temperature": 1, "messages": said("half \ud83d of a sign?")}
    request = urllib.request.Request(
        f"{server.url}/chat/completions",
        data=json.dumps(body).encode("ascii"),
        headers={"Authorization": "Bearer k"},
    )
    with urllib.request.urlopen(request) as reply:
        assert json.load(reply)["choices"][0]["message"]["content"]
