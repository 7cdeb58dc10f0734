"""Index-time artefacts: what is computed from chunks alone and shared by many flows.

An `Index` is a recipe: a frozen dataclass whose fields are the parameters that shape the result.
A component asks the store for the result, `indexes.get(Bm25Index(k1=1.2, b=0.75), chunks)`, and
the store builds it once per distinct recipe and content. Recipes may ask for other recipes while
they build, so that two retrievers share embeddings.

A recipe that says how its result is written as files (`dump`, `load`) has it kept in the study's
cache: built once, for all workers and for later studies. One that does not is built once per
worker process.
"""

from __future__ import annotations

import dataclasses
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from .values import Chunks, Json, fingerprint

Built = TypeVar("Built")


class Indexes(Protocol):
    """Where built indexes are kept. Builds at most once per key; thread-safe."""

    def get(self, recipe: Index[Built], chunks: Chunks) -> Built:
        """Return what the recipe makes of the chunks, building it if nobody has."""
        ...


class Index(ABC, Generic[Built]):
    """A recipe for an index-time artefact. Subclasses are frozen dataclasses.

    `version` is raised whenever the same fields would give another result, or other files.
    """

    name: ClassVar[str]
    version: ClassVar[int] = 1

    @abstractmethod
    def build(self, chunks: Chunks, indexes: Indexes) -> Built:
        """Compute the artefact. Must be deterministic."""

    @property
    def kept(self) -> bool:
        """Whether the result is written to the cache: where `dump` is implemented."""
        return type(self).dump is not Index.dump

    def dump(self, built: Built) -> Mapping[str, bytes]:
        """Return the result as files, by name; `contracts.formats` has what JSON and arrays need.

        What it was made from by `indexes.get` need not be among them: `load` can ask again.
        """
        raise NotImplementedError(f"the index {self.name} is not kept")

    def load(self, files: Mapping[str, bytes], chunks: Chunks, indexes: Indexes) -> Built:
        """Return the result from the files; it must answer exactly as a freshly built one."""
        raise NotImplementedError(f"the index {self.name} is not kept")

    def describe(self) -> dict[str, Json]:
        """Return the fields as JSON; components among them by their own description."""
        described: dict[str, Json] = {}
        for item in dataclasses.fields(self):  # type: ignore[arg-type]
            value: Any = getattr(self, item.name)
            described[item.name] = value.describe() if hasattr(value, "describe") else value
        return described

    def key(self, chunks: Chunks) -> str:
        """Content address: equal recipe, version and chunks give the equal key."""
        return fingerprint(
            self.name,
            str(self.version),
            json.dumps(self.describe(), sort_keys=True, default=str),
            chunks.fingerprint,
        )
