"""Rate limits of models, kept by all workers of a study together."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from syftr_like.contracts.model_request import Pace

MINUTE_S = 60.0


@dataclass
class _Recent:
    """The calls of one model: those of the last minute, and how many are under way."""

    begun: deque[tuple[float, int]] = field(default_factory=deque)
    tokens: int = 0
    under_way: int = 0


class Pacer:
    """Says whether a call may begin now. Not thread-safe.

    A minute is the last sixty seconds at any moment, so that no window of a provider, wherever it
    begins, holds more than the limit. A call counts with the tokens that it is expected to take;
    its repeated attempts count with it.

    Args:
        clock: Returns seconds.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._models: dict[str, _Recent] = {}

    def may_begin(self, model: str, pace: Pace) -> bool:
        """Whether one more call keeps to the limit.

        A single call of more tokens than a minute allows may begin when no other was in the last
        minute: it would wait for ever else.
        """
        recent, limit = self._recent(model), pace.limit
        if limit.concurrent is not None and recent.under_way >= limit.concurrent:
            return False
        requests = limit.requests_per_minute
        if requests is not None and len(recent.begun) + 1 > requests:
            return False
        tokens = limit.tokens_per_minute
        return tokens is None or not recent.begun or recent.tokens + pace.tokens <= tokens

    def begin(self, model: str, pace: Pace) -> None:
        """Take note of a call that begins."""
        recent = self._recent(model)
        recent.begun.append((self._clock(), pace.tokens))
        recent.tokens += pace.tokens
        recent.under_way += 1

    def end(self, model: str) -> None:
        """Take note of a call that has ended."""
        self._models[model].under_way -= 1

    def _recent(self, model: str) -> _Recent:
        recent = self._models.setdefault(model, _Recent())
        since = self._clock() - MINUTE_S
        while recent.begun and recent.begun[0][0] <= since:
            _, tokens = recent.begun.popleft()
            recent.tokens -= tokens
        return recent
