"""Calling a provider again when a call fails for a passing reason."""

from __future__ import annotations

import asyncio
import os
import random
import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from syftr_like.errors import SyftrLikeError

T = TypeVar("T")

_LONGEST_WAIT_SECONDS = 60.0
_PASSING_STATUS = frozenset({408, 409, 425, 429})
# Transport errors of the HTTP clients in use (httpx, requests, aiohttp) and of the SDKs on them;
# by name, because none of those packages is required.
_TRANSPORT_ERRORS = frozenset(
    {"TransportError", "APIConnectionError", "ConnectionError", "ClientConnectionError", "Timeout"}
)
# What the same clients raise before anything was sent.
_UNSENT = frozenset(
    {
        "ConnectError", "ConnectTimeout", "ConnectionRefusedError", "ClientConnectorError",
        "NewConnectionError", "gaierror", "PoolTimeout", "UnsupportedProtocol", "ProxyError",
    }
)  # fmt: skip
# What clients raise over a reply in another form than their provider's: a page of HTML, JSON that
# breaks off, no choices. The SDKs have a type for it, or stumble over it.
_SPOILT = (ValueError, LookupError, TypeError, AttributeError)
_SPOILT_NAMES = frozenset({"APIResponseValidationError", "DecodingError", "ContentTypeError"})
_NOT_TAKEN = re.compile(r"argument", re.IGNORECASE)  # of Python's own for a call that was not made
_SECRET_NAME = re.compile(r"KEY|TOKEN|SECRET|PASSWORD", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class RetryPolicy:
    """How often and how patiently a call is repeated.

    Attributes:
        attempts: Requests sent at most.
        timeout_seconds: Longest wait for the answer to one request.
        first_wait_seconds: Longest wait before the second request; doubled before each next one.
            The wait is drawn between half of that and the whole.
    """

    attempts: int
    timeout_seconds: float
    first_wait_seconds: float

    def wait_seconds(self, sent: int, draw: random.Random, error: BaseException) -> float:
        """Return the wait after `sent` requests; longer when the provider asks for more."""
        backoff = self.first_wait_seconds * 2.0 ** (sent - 1) * draw.uniform(0.5, 1.0)
        return min(_LONGEST_WAIT_SECONDS, max(backoff, _asked_wait(error)))


@dataclass(slots=True)
class Attempts:
    """What became of the requests of one call.

    Attributes:
        sent: Requests sent.
        unanswered: Requests that ended without an answer that could be read, but not refused:
            a provider may have made the reply, and charge for it.
        in_flight: Whether a request is under way.
    """

    sent: int = 0
    unanswered: int = 0
    in_flight: bool = False


async def call_with_retries(
    send: Callable[[], Awaitable[T]], policy: RetryPolicy, attempts: Attempts, seed: str
) -> T:
    """Send a request until it is answered; `attempts` is kept up to date on the way.

    Args:
        send: Sends one request.
        policy: How often, how patiently.
        attempts: Counts, also for the caller that is cancelled meanwhile.
        seed: Seeds the draw of the waits.

    Raises:
        Exception: The last request's error, when it was not a passing one or none are left.
    """
    draw = random.Random(seed)
    while True:
        attempts.sent += 1
        attempts.in_flight = True
        try:
            async with asyncio.timeout(policy.timeout_seconds):
                answer = await send()
        except Exception as error:
            attempts.in_flight = False
            attempts.unanswered += may_be_charged(error)
            if attempts.sent >= policy.attempts or not is_passing(error):
                raise
            await asyncio.sleep(policy.wait_seconds(attempts.sent, draw, error))
        else:
            attempts.in_flight = False
            return answer


def is_passing(error: BaseException) -> bool:
    """Whether a call may succeed when repeated.

    So it is after timeouts, transport errors, replies that cannot be read, and the statuses 408,
    409, 425, 429 and 5xx; where there is such a status, it decides alone.
    """
    status = _refusal(error)
    if status is not None:
        return status in _PASSING_STATUS or status >= 500
    return _is_transport(error) or _is_spoilt(error)


def may_be_charged(error: BaseException) -> bool:
    """Whether a provider may have made a reply, though none could be read.

    It may after a timeout, a connection that broke off and a reply in another form; not where it
    refused the request, nor where there was no connection.
    """
    if _refusal(error) is not None or _names(error) & _UNSENT:
        return False
    return _is_transport(error) or _is_spoilt(error)


def _refusal(error: BaseException) -> int | None:
    """Return the status by which a request was refused; None where it was not."""
    statuses = (_status(cause) for cause in _causes(error))
    return next((status for status in statuses if status is not None and status >= 400), None)


def _is_transport(error: BaseException) -> bool:
    names = _names(error)
    return (
        any(isinstance(cause, TimeoutError | ConnectionError) for cause in _causes(error))
        or bool(names & _TRANSPORT_ERRORS)
        or any("Timeout" in name for name in names)
    )


def _is_spoilt(error: BaseException) -> bool:
    if _names(error) & _SPOILT_NAMES:
        return True
    if isinstance(error, TypeError) and _NOT_TAKEN.search(str(error)):
        return False
    return isinstance(error, _SPOILT) and not isinstance(error, SyftrLikeError)


def _names(error: BaseException) -> frozenset[str]:
    """Return the names of the types of an error, and of all that caused it."""
    return frozenset(base.__name__ for cause in _causes(error) for base in type(cause).__mro__)


def told(error: BaseException, length: int = 300) -> str:
    """Return an error for people: its type and message, shortened, secrets of the environment cut.

    Providers repeat parts of a request in their errors, which must not carry a key into a ledger.
    """
    text = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
    for name, value in os.environ.items():
        if len(value) >= 8 and _SECRET_NAME.search(name):
            text = text.replace(value, "***")
    text = " ".join(text.split())
    return text if len(text) <= length else text[: length - 3] + "..."


def _causes(error: BaseException) -> Iterator[BaseException]:
    seen: set[int] = set()
    current: BaseException | None = error
    while current is not None and id(current) not in seen:
        seen.add(id(current))
        yield current
        current = current.__cause__


def _status(error: BaseException) -> int | None:
    response = getattr(error, "response", None)
    for value in (
        getattr(error, "status_code", None),
        getattr(response, "status_code", None),
        getattr(error, "status", None),
        getattr(error, "code", None),
    ):
        if isinstance(value, int) and not isinstance(value, bool) and 100 <= value <= 599:
            return int(value)
    return None


def _asked_wait(error: BaseException) -> float:
    """Return the seconds in a `Retry-After` header; 0 without one, or when it holds a date."""
    for cause in _causes(error):
        headers = getattr(getattr(cause, "response", None), "headers", None)
        value = headers.get("retry-after") if headers is not None else None
        if isinstance(value, str) and re.fullmatch(r"\d+(\.\d+)?", value.strip()):
            return float(value)
    return 0.0
