"""Where index-time results are kept: each is computed once per content address.

A store serves one worker; what it keeps in a cache serves the others, and later studies. Asking
for something that is there replays its original cost, with that of everything it was made from,
so that sharing never makes a flow look cheaper. Looking, loading and waiting for another worker
that builds the same is charged to nobody.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from syftr_like.cache import Cache, Entry
from syftr_like.contracts import BudgetExhaustedError, Chunks, Index, ModelCall, metered

from .index_cost import IndexCost, ResultCost

Built = TypeVar("Built")

log = logging.getLogger("syftr_like")

NAMESPACE = "index"
"""Where index-time results are in the cache."""

CAPACITY = 256
"""Entries kept in memory; beyond it the one unused for longest goes."""


@dataclass(frozen=True, slots=True)
class Form(Generic[Built]):
    """How a result is kept: written as files by name, and read from them.

    Attributes:
        dump: The result's files.
        load: The result from its files.
    """

    dump: Callable[[Built], Mapping[str, bytes]]
    load: Callable[[Mapping[str, bytes]], Built]


@dataclass(slots=True)
class _Entry:
    value: Any
    spent: ResultCost


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
    own: IndexCost = field(default_factory=IndexCost)
    inner: IndexCost = field(default_factory=IndexCost)


_work: ContextVar[IndexWork | None] = ContextVar("syftr_like_index_work", default=None)


class IndexStore:
    """A store of index-time results: in memory, least recently used first out, and in a cache.

    Args:
        capacity: Results kept in memory.
        cache: Where results are kept for others; None keeps them in memory only.

    Attributes:
        builds: Results computed.
        hits: Results found in memory.
        loaded: Results found in the cache.
        calls_made: Model calls newly made by index-time work, failed work included.
    """

    def __init__(self, capacity: int = CAPACITY, cache: Cache | None = None) -> None:
        self._capacity = capacity
        self._cache = cache
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._costs: dict[str, ResultCost] = {}
        self._lock = threading.RLock()
        self.builds = 0
        self.hits = 0
        self.loaded = 0
        self.calls_made: list[ModelCall] = []

    @property
    def paid_usd(self) -> float:
        """Money newly paid to providers by index-time work."""
        return sum(call.usd for call in self.calls_made)

    def get(self, recipe: Index[Built], chunks: Chunks) -> Built:
        """Return what a recipe makes of chunks, building it at most once."""
        form: Form[Built] | None = None
        if recipe.kept:
            form = Form(recipe.dump, lambda files: recipe.load(files, chunks, self))
        return self.compute(recipe.key(chunks), lambda: recipe.build(chunks, self), form)

    def compute(
        self, key: str, build: Callable[[], Built], form: Form[Built] | None = None
    ) -> Built:
        """Return the value of a content address, building it at most once.

        Args:
            key: The content address; with a form, a hex fingerprint.
            build: Computes the value.
            form: How it is kept in the cache; None keeps it in memory only.
        """
        outer = _work.get()
        with self._lock:
            entry = self._entries.get(key)
            if entry is None:
                with _charged_to_nobody(outer):
                    entry = self._loaded_or_built(key, build, form)
                self._entries[key] = entry
                while len(self._entries) > self._capacity:
                    self._entries.popitem(last=False)
            else:
                self.hits += 1
                self._entries.move_to_end(key)
        if outer is not None:
            outer.keys.append(key)
        value: Built = entry.value
        return value

    def _loaded_or_built(
        self, key: str, build: Callable[[], Any], form: Form[Any] | None
    ) -> _Entry:
        if self._cache is None or form is None:
            return self._built(key, build)
        entry = self._load(self._cache, key, form)
        if entry is None:
            with self._cache.claim(NAMESPACE, key):
                # Another worker may have built it while this one waited.
                entry = self._load(self._cache, key, form)
                if entry is None:
                    entry = self._built(key, build)
                    self._keep(self._cache, key, entry, form)
        return entry

    def _built(self, key: str, build: Callable[[], Any]) -> _Entry:
        self.builds += 1
        entry = self._measured(build)
        self._costs[key] = entry.spent
        return entry

    def _load(self, cache: Cache, key: str, form: Form[Any]) -> _Entry | None:
        found = cache.get(NAMESPACE, key)
        if found is None:
            return None
        token = _work.set(IndexWork())
        try:
            with metered():
                meta: Any = found.meta
                spent = {part: ResultCost.of(cost) for part, cost in meta["costs"].items()}
                entry = _Entry(form.load(found.files), spent[key])
        except Exception as error:
            # Whole, yet of no use, as after a change of form without a change of version.
            log.warning("an entry of the cache cannot be loaded: %s: %r", key, error)
            cache.remove(NAMESPACE, key)
            return None
        finally:
            _work.reset(token)
        self.loaded += 1
        for part, cost in spent.items():
            self._costs.setdefault(part, cost)
        return entry

    def _keep(self, cache: Cache, key: str, entry: _Entry, form: Form[Any]) -> None:
        costs = {part: self._costs[part].to_json() for part in self._made_from([key])}
        cache.put(NAMESPACE, key, Entry({"costs": costs}, form.dump(entry.value)))

    def prepare(self, work: Callable[[], Built]) -> tuple[Built, ResultCost]:
        """Return what one flow makes for itself alone, which is not kept, and what it took.

        The parts that it is made from are counted; its own cost is the caller's to count.
        """
        entry = self._measured(work)
        outer = _work.get()
        if outer is not None:
            outer.keys.extend(entry.spent.made_from)
        return entry.value, entry.spent

    def _measured(self, build: Callable[[], Any]) -> _Entry:
        outer = _work.get()
        inside = IndexWork()
        token = _work.set(inside)
        started, started_cpu = time.perf_counter(), time.thread_time()
        ended = False
        try:
            with metered() as meter:
                value = build()
            ended = meter.refused is None
        finally:
            _work.reset(token)
            seconds = time.perf_counter() - started
            cpu = time.thread_time() - started_cpu
            own = IndexCost(
                max(0.0, seconds - inside.inner.seconds + meter.replayed_seconds),
                max(0.0, cpu - inside.inner.cpu_seconds),
                tuple(meter.model_calls),
            )
            self.calls_made += [call for call in own.model_calls if not call.cached]
            if outer is not None:
                outer.inner += IndexCost(seconds, cpu)
                if not ended:
                    outer.keys.extend(inside.keys)
                    outer.own += inside.own + own
            if meter.refused is not None:  # whatever the build made of that
                raise BudgetExhaustedError(meter.refused)
        return _Entry(value, ResultCost(own + inside.own, tuple(dict.fromkeys(inside.keys))))

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
        for key in self._made_from(work.keys):
            total = total + self._costs[key].cost
        return total

    def _made_from(self, keys: Iterable[str]) -> Iterator[str]:
        """Yield keys with those of all that they were made from, each once."""
        seen: set[str] = set()
        waiting = list(keys)
        while waiting:
            key = waiting.pop()
            if key not in seen:
                seen.add(key)
                yield key
                waiting.extend(self._costs[key].made_from)


@contextmanager
def _charged_to_nobody(outer: IndexWork | None) -> Iterator[None]:
    """Leave the time inside out of the work around it: results have a cost of their own."""
    if outer is None:
        yield
        return
    before = outer.inner
    started, started_cpu = time.perf_counter(), time.thread_time()
    try:
        yield
    finally:
        outer.inner = before + IndexCost(
            time.perf_counter() - started, time.thread_time() - started_cpu
        )
