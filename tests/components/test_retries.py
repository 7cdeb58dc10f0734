from __future__ import annotations

import asyncio
import json
import random

import pytest

from syftr_like.components.retries import (
    Attempts,
    RetryPolicy,
    call_with_retries,
    is_passing,
    may_be_charged,
    told,
)
from syftr_like.errors import ComponentError

POLICY = RetryPolicy(attempts=3, timeout_seconds=5, first_wait_seconds=0.001)


class StatusError(Exception):
    def __init__(self, status: int, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"status {status}")
        self.status_code = status
        self.response = type("Response", (), {"status_code": status, "headers": headers or {}})()


class APIConnectionError(Exception):
    pass


def caused(error: Exception, cause: Exception) -> Exception:
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "passing"),
    [
        (StatusError(429), True),
        (StatusError(500), True),
        (StatusError(503), True),
        (StatusError(408), True),
        (StatusError(400), False),
        (StatusError(401), False),
        (StatusError(404), False),
        (TimeoutError(), True),
        (ConnectionResetError(), True),
        (APIConnectionError(), True),
        (caused(ValueError("wrapped"), ConnectionError()), True),
        (caused(ConnectionError("outer"), StatusError(401)), False),
        (ValueError("bad reply"), True),
        (KeyError("choices"), True),
        (json.JSONDecodeError("expecting value", "<html>", 0), True),
        (TypeError("Received response with null value for choices"), True),
        (TypeError("create() got an unexpected keyword argument 'seeed'"), False),
        (ComponentError("the batch is too large"), False),
        (RuntimeError("no event loop"), False),
    ],
    ids=repr,
)
def test_only_passing_errors_are_tried_again(error: Exception, passing: bool) -> None:
    assert is_passing(error) is passing


def named(name: str, base: type[Exception] = Exception) -> Exception:
    return type(name, (base,), {})()


@pytest.mark.parametrize(
    ("error", "charged"),
    [
        (TimeoutError(), True),
        (caused(APIConnectionError(), named("ReadTimeout")), True),
        (caused(APIConnectionError(), named("RemoteProtocolError")), True),
        (ConnectionResetError(), True),
        (ValueError("bad reply"), True),
        (json.JSONDecodeError("expecting value", "<html>", 0), True),
        (caused(ValueError("bad status"), StatusError(503)), False),
        (StatusError(429), False),
        (StatusError(408), False),
        (ConnectionRefusedError(), False),
        (caused(APIConnectionError(), named("ConnectError")), False),
        (caused(APIConnectionError(), named("ConnectTimeout")), False),
        (TypeError("create() got an unexpected keyword argument 'seeed'"), False),
    ],
    ids=repr,
)
def test_what_was_refused_or_never_sent_is_not_charged(error: Exception, charged: bool) -> None:
    assert may_be_charged(error) is charged


def run(script, policy: RetryPolicy = POLICY):
    attempts = Attempts()

    async def send():
        step = script[attempts.sent - 1]
        if step == "hang":
            await asyncio.sleep(60)
        if isinstance(step, Exception):
            raise step
        return step

    async def go():
        return await call_with_retries(send, policy, attempts, "seed")

    try:
        return asyncio.run(go()), attempts
    except Exception as error:
        return error, attempts


def test_the_first_answer_is_taken() -> None:
    assert run(["yes"]) == ("yes", Attempts(sent=1))


def test_a_passing_error_is_followed_by_another_request() -> None:
    refused = [StatusError(429), ConnectionRefusedError(), "yes"]
    assert run(refused) == ("yes", Attempts(sent=3))


def test_no_more_requests_than_declared() -> None:
    last = StatusError(503)
    found, attempts = run([StatusError(503), StatusError(503), last, "too late"])
    assert found is last
    assert attempts.sent == 3


def test_a_lasting_error_is_not_tried_again() -> None:
    error = StatusError(400)
    assert run([error, "yes"]) == (error, Attempts(sent=1))


def test_a_request_without_an_answer_in_time_is_counted() -> None:
    policy = RetryPolicy(attempts=2, timeout_seconds=0.02, first_wait_seconds=0.001)
    assert run(["hang", "yes"], policy) == ("yes", Attempts(sent=2, unanswered=1))
    found, attempts = run(["hang", "hang"], policy)
    assert isinstance(found, TimeoutError)
    assert attempts == Attempts(sent=2, unanswered=2)


def test_waits_double_and_are_drawn_from_the_seed() -> None:
    policy = RetryPolicy(attempts=9, timeout_seconds=1, first_wait_seconds=2.0)
    error = StatusError(429)
    waits = [policy.wait_seconds(n, random.Random(0), error) for n in (1, 2, 3)]
    assert 1.0 <= waits[0] <= 2.0
    assert waits[1] == pytest.approx(2 * waits[0])
    assert waits[2] == pytest.approx(4 * waits[0])
    assert policy.wait_seconds(12, random.Random(0), error) == 60.0


def test_a_provider_may_ask_for_a_longer_wait() -> None:
    error = StatusError(429, {"retry-after": "7"})
    assert POLICY.wait_seconds(1, random.Random(0), error) == 7.0
    date = StatusError(429, {"retry-after": "Wed, 21 Oct 2026 07:28:00 GMT"})
    assert POLICY.wait_seconds(1, random.Random(0), date) < 1


def test_secrets_of_the_environment_are_cut_from_errors(monkeypatch) -> None:
    monkeypatch.setenv("ACME_API_KEY", "sk-verysecret")
    text = told(ValueError("wrong key\nsk-verysecret given" + "x" * 500))
    assert text.startswith("ValueError: wrong key *** given")
    assert len(text) == 300
    assert told(TimeoutError()) == "TimeoutError"
