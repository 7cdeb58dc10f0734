"""Where index-time results are kept: each is computed once per content address.

A store serves one worker. Asking for something that is there replays its original cost, with
that of everything it was made from, so that sharing never makes a flow look cheaper.
"""

from __future__ import annotations

import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
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
class _Frame:
    """A build under way: the keys it asked for, and the time spent in builds inside it."""

    keys: list[str] = field(default_factory=list)
    inner_seconds: float = 0.0
    inner_cpu: float = 0.0


_frame: ContextVar[_Frame | None] = ContextVar("syftr_like_index_frame", default=None)


class IndexStore:
    """An in-memory store of index-time results, least recently used first out.

    Attributes:
        builds: Results computed.
        hits: Results found.
        paid_usd: Money paid to providers by the builds.
    """

    def __init__(self, capacity: int = CAPACITY) -> None:
        self._capacity = capacity
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._costs: dict[str, tuple[IndexCost, tuple[str, ...]]] = {}
        self._lock = threading.RLock()
        self.builds = 0
        self.hits = 0
        self.paid_usd = 0.0

    def get(self, recipe: Index[Built], chunks: Chunks) -> Built:
        """Return what a recipe makes of chunks, building it at most once."""
        value: Built = self.compute(recipe.key(chunks), lambda: recipe.build(chunks, self))
        return value

    def compute(self, key: str, build: Callable[[], Built]) -> Built:
        """Return the value of a content address, building it at most once."""
        outer = _frame.get()
        if outer is not None:
            outer.keys.append(key)
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                self.builds += 1
                entry = self._build(build, outer)
                self._entries[key] = entry
                self._costs[key] = (entry.cost, entry.made_from)
                self.paid_usd += sum(call.usd for call in entry.cost.model_calls)
                while len(self._entries) > self._capacity:
                    self._entries.popitem(last=False)
            else:
                self.hits += 1
                self._entries.move_to_end(key)
        value: Built = entry.value
        return value

    @staticmethod
    def _build(build: Callable[[], Any], outer: _Frame | None) -> _Entry:
        inner = _Frame()
        token = _frame.set(inner)
        started, started_cpu = time.perf_counter(), time.thread_time()
        try:
            with metered() as meter:
                value = build()
        finally:
            _frame.reset(token)
        seconds = time.perf_counter() - started
        cpu = time.thread_time() - started_cpu
        if outer is not None:
            outer.inner_seconds += seconds
            outer.inner_cpu += cpu
        own = IndexCost(
            max(0.0, seconds - inner.inner_seconds),
            max(0.0, cpu - inner.inner_cpu),
            tuple(meter.model_calls),
        )
        return _Entry(value, own, tuple(dict.fromkeys(inner.keys)))

    @contextmanager
    def tracked(self) -> Iterator[list[str]]:
        """Collect the keys asked for inside, by one flow."""
        frame = _Frame()
        token = _frame.set(frame)
        try:
            yield frame.keys
        finally:
            _frame.reset(token)

    def cost(self, keys: Iterable[str]) -> IndexCost:
        """Return the original cost of some results and of all they were made from, each once."""
        total = IndexCost()
        seen: set[str] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key in seen:
                continue
            seen.add(key)
            cost, made_from = self._costs[key]
            total = total + cost
            waiting.extend(made_from)
        return total
