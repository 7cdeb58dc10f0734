"""Where index-time results are kept: each is computed once per content address.

A store serves one worker. Asking for something that is there replays its original cost, with
that of everything it was made from, so that sharing never makes a flow look cheaper.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, TypeVar

from syftr_like.contracts import Chunks, Index, ModelCall, metered

Built = TypeVar("Built")

CAPACITY = 256
"""Entries kept in memory; beyond it the one unused for longest goes."""


@dataclass(frozen=True, slots=True)
class IndexCost:
    """What index-time work consumed, originally.

    Attributes:
        seconds: Wall time.
        cpu_seconds: CPU time.
        model_calls: Calls of embedding or language models.
    """

    seconds: float = 0.0
    cpu_seconds: float = 0.0
    model_calls: tuple[ModelCall, ...] = ()

    def __add__(self, other: IndexCost) -> IndexCost:
        return IndexCost(
            self.seconds + other.seconds,
            self.cpu_seconds + other.cpu_seconds,
            self.model_calls + other.model_calls,
        )

    def usd(self, usd_per_cpu_second: float) -> float:
        """Return dollars: model calls plus CPU time at the stated rate."""
        return sum(c.usd for c in self.model_calls) + self.cpu_seconds * usd_per_cpu_second


@dataclass(slots=True)
class _Entry:
    value: Any
    cost: IndexCost
    made_from: tuple[str, ...]


@dataclass(slots=True)
class IndexWork:
    """Index-time work under way, of a flow or of one build.

    Attributes:
        keys: Content addresses of the results it asked for.
        own: What it consumed itself that is kept under no key: one flow's preparation, and
            builds that failed.
        inner: Time spent in work inside it.
    """

    keys: list[str] = field(default_factory=list)
    own: IndexCost = IndexCost()
    inner: IndexCost = IndexCost()


_work: ContextVar[IndexWork | None] = ContextVar("syftr_like_index_work", default=None)


class IndexStore:
    """An in-memory store of index-time results, least recently used first out.

    Attributes:
        builds: Results computed.
        hits: Results found.
        calls_made: Model calls newly made by index-time work, failed work included.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._costs: dict[str, tuple[IndexCost, tuple[str, ...]]] = {}
        self._lock = threading.RLock()
        self.builds = 0
        self.hits = 0
        self.calls_made: list[ModelCall] = []

    @property
    def paid_usd(self) -> float:
        """Money newly paid to providers by index-time work."""
        return sum(call.usd for call in self.calls_made)

    def get(self, recipe: Index[Built], chunks: Chunks) -> Built:
        """Return what a recipe makes of chunks, building it at most once."""
        value: Built = self.compute(recipe.key(chunks), lambda: recipe.build(chunks, self))
        return value

    def compute(self, key: str, build: Callable[[], Built]) -> Built:
        """Return the value of a content address, building it at most once."""
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self.builds += 1
                entry = self._measured(build)
                self._entries[key] = entry
                self._costs[key] = (entry.cost, entry.made_from)
                while len(self._entries) > self._capacity:
                    self._entries.popitem(last=False)
            else:
                self.hits += 1
                self._entries.move_to_end(key)
        outer = _work.get()
        if outer is not None:
            outer.keys.append(key)
        value: Built = entry.value
        return value

    def prepare(self, work: Callable[[], Built]) -> Built:
        """Return what one flow makes for itself alone: counted, but not kept."""
        entry = self._measured(work)
        outer = _work.get()
        if outer is not None:
            outer.keys.extend(entry.made_from)
            outer.own += entry.cost
        value: Built = entry.value
        return value

    def _measured(self, build: Callable[[], Any]) -> _Entry:
        outer = _work.get()
        inside = IndexWork()
        token = _work.set(inside)
        started, started_cpu = time.perf_counter(), time.thread_time()
        ended = False
        try:
            with metered() as meter:
                value = build()
            ended = True
        finally:
            _work.reset(token)
            seconds = time.perf_counter() - started
            cpu = time.thread_time() - started_cpu
            own = IndexCost(
                max(0.0, seconds - inside.inner.seconds),
                max(0.0, cpu - inside.inner.cpu_seconds),
                tuple(meter.model_calls),
            )
            self.calls_made += [call for call in own.model_calls if not call.cached]
            if outer is not None:
                outer.inner += IndexCost(seconds, cpu)
                if not ended:
                    outer.keys.extend(inside.keys)
                    outer.own += inside.own + own
        return _Entry(value, own + inside.own, tuple(dict.fromkeys(inside.keys)))

    @contextmanager
    def tracked(self) -> Iterator[IndexWork]:
        """Collect what is asked for and consumed inside, by one flow."""
        inside = IndexWork()
        token = _work.set(inside)
        try:
            yield inside
        finally:
            _work.reset(token)

    def cost(self, work: IndexWork) -> IndexCost:
        """Return what some work cost originally, with all it was made from, each result once."""
        total = work.own
        seen: set[str] = set()
        waiting = list(work.keys)
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            cost, made_from = self._costs[key]
            total = total + cost
            waiting.extend(made_from)
        return total
