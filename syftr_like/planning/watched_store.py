"""Index stores that say what was built, what it took, and what would be built."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from syftr_like.contracts import Chunks, Index
from syftr_like.errors import ComponentError
from syftr_like.flow import IndexStore
from syftr_like.flow.index_store import Form

from .dry_models import DryModels, DryRecord, without_bound

Built = TypeVar("Built")

NODE = "splitting"
"""What is built of no recipe: the result of an index-time node."""

SMALL = 8
"""Chunks of which a counted index is made."""


@dataclass(frozen=True, slots=True)
class Build:
    """Something built once.

    Attributes:
        name: The recipe's name.
        seconds: CPU time of its own, without what was built for it: models answer at once, and
            what else runs on this machine is not to count.
        calls: The calls of models for it alone.
    """

    name: str
    seconds: float
    calls: tuple[DryRecord, ...]


class WatchedStore(IndexStore):
    """An index store that keeps a record of each build. For one thread.

    Attributes:
        builds_made: In the order in which they ended.
        kinds: Content address asked for to what it is.
    """

    def __init__(self, models: DryModels) -> None:
        super().__init__()
        self.builds_made: list[Build] = []
        self.kinds: dict[str, str] = {}
        self._models = models
        self._recipe = NODE
        self._inside: list[float] = []

    def get(self, recipe: Index[Built], chunks: Chunks) -> Built:
        """See `IndexStore.get`."""
        return self._as(recipe, lambda: super(WatchedStore, self).get(recipe, chunks))

    def compute(
        self, key: str, build: Callable[[], Built], form: Form[Built] | None = None
    ) -> Built:
        """See `IndexStore.compute`."""
        name = self._recipe
        self.kinds.setdefault(key, name)
        return super().compute(key, lambda: self._watched(name, build), form)

    def _as(self, recipe: Index[Built], work: Callable[[], Built]) -> Built:
        outer, self._recipe = self._recipe, recipe.name
        try:
            return work()
        finally:
            self._recipe = outer

    def _watched(self, name: str, build: Callable[[], Built]) -> Built:
        started = time.process_time()
        self._inside.append(0.0)
        try:
            with self._models.apart() as calls:
                value = build()
            unbounded = without_bound(calls)
            if unbounded is not None:  # kept, it would look free to the flows that share it
                raise ComponentError(unbounded)
        finally:
            seconds = time.process_time() - started
            inside = self._inside.pop()
            if self._inside:
                self._inside[-1] += seconds
        self.builds_made.append(Build(name, max(0.0, seconds - inside), tuple(calls)))
        return value


class CountingStore(WatchedStore):
    """Finds out what would be built, by building each index of a few chunks only.

    The content address is that of the index of all chunks, so that equal ones count once, as they
    would be built once.
    """

    def __init__(self, models: DryModels) -> None:
        super().__init__(models)
        self._small: dict[str, Chunks] = {}
        self._whole: dict[int, Chunks] = {}

    def get(self, recipe: Index[Built], chunks: Chunks) -> Built:
        """See `IndexStore.get`."""
        whole = self._whole.get(id(chunks), chunks)
        small = self._small.get(whole.fingerprint)
        if small is None:
            small = Chunks(list(whole)[:SMALL])
            self._small[whole.fingerprint] = small
            self._whole[id(small)] = whole
        key = recipe.key(whole)
        return self._as(recipe, lambda: self.compute(key, lambda: recipe.build(small, self)))
