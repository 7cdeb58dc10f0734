"""How a component reports what it consumed: each model call, as it ends.

The flow's executor opens a meter around each node and each index build; whatever runs inside
reports to it with `record_model_call`. CPU and wall time are measured by the executor itself, and
corrected by `Meter.replayed_seconds` for calls that were not really made.
"""

from __future__ import annotations

import heapq
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ModelCall:
    """One request to a language or embedding model, all its attempts included.

    Attributes:
        model: The model's name, as prices know it.
        input_tokens: Tokens sent.
        output_tokens: Tokens received; 0 for embeddings.
        usd: What the provider charges.
        seconds: Wall time, retries included, waiting for our own rate limits excluded.
        attempts: Requests sent, the failed ones included.
        tokens_estimated: The reply named no usage, so that tokens were counted by us.
        price_source: Where the price comes from, for example `space file`.
        request: Content address of the request: equal ones are paid for once.
        cached: The reply was found in the cache; cost and time are those of the original call.
    """

    model: str
    input_tokens: int
    output_tokens: int
    usd: float
    seconds: float
    attempts: int = 1
    tokens_estimated: bool = False
    price_source: str = ""
    request: str = ""
    cached: bool = False


@dataclass(frozen=True, slots=True)
class CallSpan:
    """When a call was waited for here, and how long it took when it was made.

    Attributes:
        started: When it was asked for, by `time.perf_counter`.
        ended: When the reply was there.
        seconds: Wall time of the call itself: of the original one where it was replayed; waiting
            for room in the budget or for another's equal call is left out.
    """

    started: float
    ended: float
    seconds: float


def _nothing() -> None:
    """Of work that is not timed."""


@dataclass(slots=True)
class Meter:
    """Collects the model calls of one node or one index build. Thread-safe.

    Attributes:
        model_calls: In the order in which they ended.
        refused: Why the engine, and not the flow, could not go on: the budget has no room for the
            worst case of a call, or the ledger or the cache cannot be used. Whatever the component
            made of that, it is no failure of the flow.
        pause, resume: Stop the time that the work has, and let it go on; called in the event loop.
    """

    model_calls: list[ModelCall] = field(default_factory=list)
    refused: str | None = None
    pause: Callable[[], None] = _nothing
    resume: Callable[[], None] = _nothing
    _spans: list[CallSpan] = field(default_factory=list)
    _asked: dict[str, int] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def ordinal(self, request: str) -> int:
        """Return how often the same request was asked for before; the next one gets one more."""
        with self._lock:
            ordinal = self._asked.get(request, 0)
            self._asked[request] = ordinal + 1
            return ordinal

    @contextmanager
    def waiting(self) -> Iterator[None]:
        """Wait inside for something that is none of the flow's: its time stands still."""
        self.pause()
        try:
            yield
        finally:
            self.resume()

    def note_span(self, span: CallSpan) -> None:
        """Take note of a call that has ended, however it did."""
        self._spans.append(span)

    @property
    def replayed_seconds(self) -> float:
        """Seconds to add to the measured wall time, so that it is as if every call was made.

        It is the longest chain of calls by their own seconds, less the longest chain by the time
        waited for them here. In a chain each call began after the one before had ended: calls one
        after the other count as their sum, calls side by side as their maximum. It is negative
        where replies, room in the budget or another's equal call were waited for longer than the
        calls themselves took.
        """
        spans = sorted(self._spans, key=lambda span: span.started)
        return _longest_chain(spans, (span.seconds for span in spans)) - _longest_chain(
            spans, (span.ended - span.started for span in spans)
        )


def _longest_chain(spans: Iterable[CallSpan], weights: Iterable[float]) -> float:
    """Return the greatest sum of weights over spans that follow each other.

    Args:
        spans: By their start.
        weights: One per span.
    """
    under_way: list[tuple[float, float]] = []
    longest = 0.0
    for span, weight in zip(spans, weights, strict=True):
        while under_way and under_way[0][0] <= span.started:
            longest = max(longest, heapq.heappop(under_way)[1])
        heapq.heappush(under_way, (span.ended, longest + weight))
    return max(longest, *(chain for _, chain in under_way), 0.0)


_current: ContextVar[Meter | None] = ContextVar("syftr_like_meter", default=None)


@contextmanager
def metered() -> Iterator[Meter]:
    """Collect every model call reported inside, also from tasks and threads started inside."""
    meter = Meter()
    token = _current.set(meter)
    try:
        yield meter
    finally:
        _current.reset(token)


def current_meter() -> Meter | None:
    """Return the meter in force, None in direct use."""
    return _current.get()


def record_model_call(call: ModelCall) -> None:
    """Report a model call to the meter in force; without one (direct use) it is not kept."""
    meter = _current.get()
    if meter is not None:
        meter.model_calls.append(call)
