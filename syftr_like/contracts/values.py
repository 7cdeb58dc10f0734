"""The values that travel along the edges of a flow."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
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
    EXAMPLES = "examples"
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
    """A question as it travels through a flow: without its labels.

    Attributes:
        text: The question.
        alternatives: Other texts to search with as well; readers do not see them.
        origin: The question that was put to the flow, where `text` was made of it or is asked on
            its way: a rewritten question, a step of an agent's. The flow sets it. What rests on
            labelled questions must not use the label of that one.
    """

    text: str
    alternatives: tuple[str, ...] = ()
    origin: str | None = None

    @property
    def original(self) -> str:
        """The question that was put to the flow."""
        return self.text if self.origin is None else self.origin

    def each(self) -> tuple[Query, ...]:
        """Return the question and its alternatives, each as a question of its own."""
        texts = (self.text, *self.alternatives)
        return tuple(Query(text, origin=self.original) for text in texts)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of a document: characters `start` to `end` (exclusive) of its text.

    `text` is what is read; it may differ from the characters of the span, as when a header is put
    before it. `search` is what is indexed where that is another text: chunks that are read alike
    have the same span and text, and several may lead to it.
    """

    document: str
    start: int
    end: int
    text: str
    search: str | None = None

    @property
    def searched(self) -> str:
        """The text that is indexed."""
        return self.text if self.search is None else self.search

    @property
    def place(self) -> tuple[str, int, int, str]:
        """What is read: chunks of the same place are one passage."""
        return self.document, self.start, self.end, self.text


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
        """Digest of ids, titles, texts and metadata: equal content, equal fingerprint."""
        parts = [part for d in self for part in (d.id, d.title, d.text)]
        if any(d.metadata for d in self):  # one part more: without metadata there are three of each
            told = [dict(d.metadata) for d in self]
            parts.append(json.dumps(told, sort_keys=True, default=str))
        return fingerprint(*parts)


class Chunks(_Collection[Chunk]):
    """Chunks in a fixed order, with a fingerprint of their content."""

    @cached_property
    def fingerprint(self) -> str:
        """Digest of spans and texts: equal content, equal fingerprint."""
        return fingerprint(*(part for chunk in self for part in _content(chunk)))

    @cached_property
    def most_alike(self) -> int:
        """How many chunks at most lead to one and the same passage; 1 where there are none."""
        return max(Counter(chunk.place for chunk in self).values(), default=1)


def _content(chunk: Chunk) -> Iterator[str]:
    if chunk.search is None:
        yield from (chunk.document, f"{chunk.start}-{chunk.end}", chunk.text)
    else:  # the second part says that there is a fourth
        yield from (chunk.document, f"{chunk.start}-{chunk.end} by", chunk.text, chunk.search)


class Examples(_Collection[Question]):
    """Labelled questions of the tune split, in a fixed order: what a component may learn from.

    A question of the tune split is among them. Whoever answers it must leave it out:
    `without(question.original)`, for by then the question may have other words.
    """

    @cached_property
    def fingerprint(self) -> str:
        """Digest of the questions with their labels."""
        return fingerprint(
            *(
                part
                for q in self
                for part in (q.id, q.question, str(q.answerable), str(len(q.answers)), *q.answers)
            )
        )

    def without(self, text: str) -> Examples:
        """Return them without the questions of this text, by words alone."""
        asked = _words(text)
        return Examples(question for question in self if _words(question.question) != asked)


def _words(text: str) -> list[str]:
    return re.findall(r"\w+", text.casefold())
