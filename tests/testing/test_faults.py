"""Each fault, as a client meets it, and when."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import openai
import pytest
from openai import OpenAI
from pydantic import ValidationError

from syftr_like.errors import InputError
from syftr_like.testing.model_server import Fault, ModelServer, load_faults
from syftr_like.testing.model_server.faults import FaultSchedule

MODEL = "practice-small"
MESSAGES = [{"role": "user", "content": "Explain step by step. Question: Who built it?"}]
SEARCH = {
    "type": "function",
    "function": {
        "name": "search",
        "parameters": {"type": "object", "properties": {"query": {"type": "string"}}},
    },
}


@contextmanager
def faulty(
    kind: str, retries: int = 0, timeout: float = 20.0, **when: object
) -> Iterator[tuple[ModelServer, OpenAI]]:
    fault = Fault.model_validate({"kind": kind, **(when or {"requests": [1]})})
    with ModelServer(speed=0, faults=[fault]) as server:
        client = OpenAI(base_url=server.url, api_key="k", max_retries=retries, timeout=timeout)
        yield server, client


def ask(client: OpenAI, **more: object) -> object:
    return client.chat.completions.create(model=MODEL, messages=MESSAGES, **more)


def test_429_tells_when_to_come_back() -> None:
    with faulty("rate_limit", requests=[1], retry_after=7) as (server, client):
        with pytest.raises(openai.RateLimitError) as caught:
            ask(client)
        assert caught.value.response.headers["retry-after"] == "7"
        assert caught.value.code == "rate_limit_exceeded"
        assert ask(client).choices[0].message.content
        assert [(e.status, e.fault) for e in server.requests] == [(429, "rate_limit"), (200, None)]


@pytest.mark.parametrize("kind", ["rate_limit", "server_error", "truncated"])
def test_a_client_that_retries_gets_its_reply(kind: str) -> None:
    with faulty(kind, retries=2, requests=[1, 2], retry_after=0) as (server, client):
        assert ask(client).choices[0].message.content
        assert [e.fault for e in server.requests] == [kind, kind, None]


def test_500_is_told_in_openais_form_and_costs_nothing() -> None:
    with faulty("server_error") as (server, client):
        with pytest.raises(openai.InternalServerError, match="had an error"):
            ask(client)
        assert server.tokens().total == 0


def test_a_hang_lasts_until_the_client_gives_up_or_the_server_ends() -> None:
    with (
        faulty("hang", timeout=0.3, every=1) as (server, client),
        pytest.raises(openai.APITimeoutError),
    ):
        ask(client)
    assert server.requests[0].fault == "hang"  # ended with the server, long before its 600 s


def test_a_hang_ends_by_closing_the_connection() -> None:
    with (
        faulty("hang", requests=[1], seconds=0.05) as (_, client),
        pytest.raises(openai.APIConnectionError),
    ):
        ask(client)


def test_a_truncated_reply_breaks_off() -> None:
    with faulty("truncated") as (server, client):
        with pytest.raises(openai.APIConnectionError):
            ask(client)
        assert server.tokens().completion > 0  # made, and charged
        assert ask(client).choices[0].message.content


def test_a_truncated_stream_ends_early() -> None:
    with faulty("truncated") as (_, client):
        pieces = []
        with pytest.raises(openai.APIConnectionError):  # noqa: PT012  (raised while reading)
            for chunk in ask(client, stream=True):
                pieces.append(chunk.choices[0].delta.content or "")
        whole = ask(client).choices[0].message.content
        assert whole.startswith("".join(pieces))
        assert 0 < len("".join(pieces)) < len(whole)


def test_a_reply_that_is_no_json() -> None:
    with faulty("not_json") as (_, client), pytest.raises(json.JSONDecodeError):
        ask(client)


@pytest.mark.parametrize("stream", [False, True])
def test_a_reply_without_choices(stream: bool) -> None:
    with faulty("no_choices") as (_, client):
        reply = ask(client, stream=stream)
        for part in reply if stream else [reply]:
            assert part.choices == []


@pytest.mark.parametrize("stream", [False, True])
def test_an_empty_reply(stream: bool) -> None:
    with faulty("empty") as (_, client):
        reply = ask(client, stream=stream)
        if stream:
            assert "".join(chunk.choices[0].delta.content or "" for chunk in reply) == ""
        else:
            assert reply.choices[0].message.content == ""
            assert reply.choices[0].finish_reason == "stop"


def test_arguments_that_are_no_json_strike_only_tool_calls() -> None:
    with faulty("bad_arguments", every=1) as (server, client):
        assert ask(client).choices[0].message.content
        calls = ask(client, tools=[SEARCH]).choices[0].message.tool_calls
        with pytest.raises(json.JSONDecodeError):
            json.loads(calls[0].function.arguments)
        assert [e.fault for e in server.requests] == [None, "bad_arguments"]


@pytest.mark.parametrize("kind", ["empty", "no_choices", "truncated", "not_json", "rate_limit"])
def test_embeddings_can_fail_too(kind: str) -> None:
    errors = (ValueError, openai.APIError, TypeError)
    with faulty(kind) as (server, client):
        with pytest.raises(errors):
            client.embeddings.create(model="practice-embed-small", input="a")
        assert server.requests[0].fault == kind
        assert client.embeddings.create(model="practice-embed-small", input="a").data


def test_faults_come_at_every_kth_request_of_the_models_they_name() -> None:
    faults = [Fault(kind="server_error", model="practice-s*", every=3)]
    schedule = FaultSchedule(faults)
    models = ["practice-small", "practice-large"] * 6
    struck = [bool(schedule.next(model)) for model in models]
    assert struck[::2] == [False, False, True, False, False, True]
    assert not any(struck[1::2])


def test_faults_by_chance_are_drawn_from_the_seed() -> None:
    fault = Fault(kind="empty", probability=0.3)

    def struck(seed: int) -> list[bool]:
        schedule = FaultSchedule([fault], seed)
        return [schedule.next("m") is not None for _ in range(400)]

    assert struck(1) == struck(1) != struck(2)
    assert 80 < sum(struck(1)) < 160


def test_the_first_fault_that_strikes_is_taken() -> None:
    schedule = FaultSchedule([Fault(kind="hang", every=2), Fault(kind="empty", every=1)])
    kinds = [fault.kind for _ in range(4) if (fault := schedule.next("m"))]
    assert kinds == ["empty", "hang", "empty", "hang"]


@pytest.mark.parametrize("when", [{}, {"every": 2, "probability": 0.5}, {"every": 0}])
def test_a_fault_says_once_when(when: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        Fault.model_validate({"kind": "hang", **when})


def test_faults_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(
        "faults:\n  - {kind: rate_limit, model: practice-small, every: 5, retry_after: 2}\n"
        "  - {kind: hang, probability: 0.01, seconds: 30}\n"
    )
    first, second = load_faults(path)
    assert (first.every, first.retry_after, second.seconds) == (5, 2.0, 30.0)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("faults: [{kind: flood, every: 2}]", "flood|kind"),
        ("faults: [{kind: hang, evry: 2}]", "evry"),
        ("mistakes: []", "mistakes"),
        ("faults: [", "cannot be read"),
        ("faults: 3", "not as it should be"),
    ],
)
def test_a_mistake_in_the_file_is_told(tmp_path: Path, text: str, told: str) -> None:
    path = tmp_path / "faults.yaml"
    path.write_text(text)
    with pytest.raises(InputError, match=told) as caught:
        load_faults(path)
    assert str(path) in str(caught.value)
