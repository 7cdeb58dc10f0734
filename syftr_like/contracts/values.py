"""The values that travel along the edges of a flow."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cached_property
from typing import Generic, TypeAlias, TypeVar, overload

T = TypeVar("T")

Json: TypeAlias = "bool | int | float | str | Sequence[Json] | Mapping[str, Json] | None"
"""What JSON can hold."""


class Port(StrEnum):
    """The type of a value at an edge of the graph."""

    DOCUMENTS = "documents"
    QUESTION = "question"
    CHUNKS = "chunks"
    PASSAGES = "passages"
    ANSWER = "answer"


@dataclass(frozen=True, slots=True)
class Document:
    """One source document. Spans elsewhere are offsets into `text`."""

    id: str
    title: str
    text: str
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Evidence:
    """Characters `start` to `end` (exclusive) of a document, which support an answer."""

    document: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Question:
    """One labelled question of a dataset.

    `answers` are accepted alternatives; it is empty when the question is not answerable.
    """

    id: str
    question: str
    answers: tuple[str, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    answerable: bool = True
    metadata: Mapping[str, Json] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Query:
    """A question as it travels through a flow: without its labels."""

    text: str


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document: characters `start` to `end` (exclusive) of its text.

    `text` is what is indexed and read; it may differ from the characters of the span, as when
    a header is put before it.
    """

    document: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A chunk that was retrieved for a question. Higher scores are better."""

    chunk: Chunk
    score: float

    @property
    def text(self) -> str:
        """The text that is read."""
        return self.chunk.text


@dataclass(frozen=True, slots=True)
class Answer:
    """What a flow replied. `abstained` says that it declined to answer; `text` is then empty.

    `confidence` is the flow's own probability of being right in [0, 1], when it has one.
    """

    text: str
    abstained: bool = False
    confidence: float | None = None


def fingerprint(*parts: str) -> str:
    """Return a hex digest of a sequence of strings, each part told apart from the next."""
    digest = hashlib.blake2b(digest_size=16)
    for part in parts:
        encoded = part.encode()
        digest.update(len(encoded).to_bytes(8, "big"))
        digest.update(encoded)
    return digest.hexdigest()


class _Collection(Sequence[T], Generic[T]):
    """An immutable sequence that is handed around by reference."""

    def __init__(self, items: Iterable[T]) -> None:
        self._items = tuple(items)

    @overload
    def __getitem__(self, index: int) -> T: ...

    @overload
    def __getitem__(self, index: slice) -> tuple[T, ...]: ...

    def __getitem__(self, index: int | slice) -> T | tuple[T, ...]:
        return self._items[index]

    def __len__(self) -> int:
        return len(self._items)

    def __iter__(self) -> Iterator[T]:
        return iter(self._items)


class Documents(_Collection[Document]):
    """Documents in a fixed order, with a fingerprint of their content."""

    @cached_property
    def fingerprint(self) -> str:
        """Digest of ids, titles and texts: equal content, equal fingerprint."""
        return fingerprint(*(part for d in self for part in (d.id, d.title, d.text)))


class Chunks(_Collection[Chunk]):
    """Chunks in a fixed order, with a fingerprint of their content."""

    @cached_property
    def fingerprint(self) -> str:
        """Digest of spans and texts: equal content, equal fingerprint."""
        return fingerprint(
            *(part for c in self for part in (c.document, f"{c.start}-{c.end}", c.text))
        )
