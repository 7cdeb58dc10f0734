"""How a component reports what it consumed: each model call, as it ends.

The flow's executor opens a meter around each node and each index build; whatever runs inside
reports to it with `record_model_call`. CPU and wall time are measured by the executor itself.
"""

from __future__ import annotations

from collections.abc import Iterator
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


@dataclass(slots=True)
class Meter:
    """Collects the model calls of one node or one index build.

    Attributes:
        model_calls: In the order in which they ended.
        refused: Why a call was not made: the budget has no room for its worst case. Whatever the
            component made of that, it is no failure of the flow.
    """

    model_calls: list[ModelCall] = field(default_factory=list)
    refused: str | None = None


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


def record_model_call(call: ModelCall) -> None:
    """Report a model call to the meter in force; without one (direct use) it is not kept."""
    meter = _current.get()
    if meter is not None:
        meter.model_calls.append(call)
