"""The kinds of components that fill a node and compute one value of others.

Each translates the generic `run` and `arun` of a node into a typed method and its asynchronous
twin; implement those.
"""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from .component import Input, Kind, NodeComponent
from .fusing import fused
from .indexing import Indexes
from .values import Answer, Chunks, Documents, Passage, Port, Query


class Splitter(NodeComponent):
    """Cuts documents into chunks. Spans must be exact offsets into the documents' text."""

    kind = Kind.SPLITTER
    inputs: ClassVar[Mapping[str, Input]] = {"documents": Input(Port.DOCUMENTS)}
    output = Port.CHUNKS

    @abstractmethod
    def split(self, documents: Documents) -> Chunks:
        """Return the chunks of all documents, in document order."""

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Chunks:
        """See `split`."""
        return self.split(inputs["documents"])


class ChunkTransform(NodeComponent):
    """Rewrites, marks or drops chunks before they are indexed.

    What comes out can go into any other one: places stay where they are, the order is kept, and
    what a chunk is searched by (`searched`) may grow. One that needs the documents declares that
    input too.
    """

    kind = Kind.CHUNK_TRANSFORM
    inputs: ClassVar[Mapping[str, Input]] = {"chunks": Input(Port.CHUNKS)}
    output = Port.CHUNKS

    @abstractmethod
    def transform(self, chunks: Chunks, documents: Documents) -> Chunks:
        """Return the chunks to index, in document order.

        Args:
            chunks: The chunks.
            documents: The documents that they are of; empty for one that does not declare them as
                an input.
        """

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Chunks:
        """See `transform`."""
        return self.transform(inputs["chunks"], inputs.get("documents", Documents(())))


class Retriever(NodeComponent):
    """Finds the chunks that may answer a question.

    A question that comes with alternatives is searched for with each of them, and the rankings are
    joined (`fused`).
    """

    kind = Kind.RETRIEVER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "chunks": Input(Port.CHUNKS),
    }
    output = Port.PASSAGES

    @abstractmethod
    def index(self, chunks: Chunks, indexes: Indexes) -> Any:
        """Return what `retrieve` needs; shared artefacts come from `indexes`."""

    @abstractmethod
    def retrieve(self, question: Query, index: Any) -> Sequence[Passage]:
        """Return passages, best first."""

    async def aretrieve(self, question: Query, index: Any) -> Sequence[Passage]:
        """Asynchronous twin of `retrieve`."""
        raise NotImplementedError(f"{self.name} has no aretrieve")

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """See `index`."""
        return self.index(inputs["chunks"], indexes)

    def run(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `retrieve`; a question with alternatives is searched for with each, and joined."""
        found = [self.retrieve(question, prepared) for question in inputs["question"].each()]
        return fused(found, self.most)

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `run`; the searches run side by side."""
        searches = (self.aretrieve(question, prepared) for question in inputs["question"].each())
        return fused(await asyncio.gather(*searches), self.most)

    @property
    def most(self) -> int | None:
        """How many passages it returns at most: its parameter `k`, where it has one."""
        return getattr(self.parameters, "k", None)


class Reranker(NodeComponent):
    """Reorders, filters or rewrites passages."""

    kind = Kind.RERANKER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES),
    }
    output = Port.PASSAGES

    @abstractmethod
    def rerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return passages, best first."""

    async def arerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Asynchronous twin of `rerank`."""
        raise NotImplementedError(f"{self.name} has no arerank")

    def run(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `rerank`."""
        return tuple(self.rerank(inputs["question"], inputs["passages"]))

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `arerank`."""
        return tuple(await self.arerank(inputs["question"], inputs["passages"]))


class QueryTransform(NodeComponent):
    """Turns the question into another one, before retrieval."""

    kind = Kind.QUERY_TRANSFORM
    inputs: ClassVar[Mapping[str, Input]] = {"question": Input(Port.QUESTION)}
    output = Port.QUESTION

    @abstractmethod
    def transform(self, question: Query) -> Query:
        """Return the question to retrieve with."""

    async def atransform(self, question: Query) -> Query:
        """Asynchronous twin of `transform`."""
        raise NotImplementedError(f"{self.name} has no atransform")

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Query:
        """See `transform`."""
        return self.transform(inputs["question"])

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Query:
        """See `atransform`."""
        return await self.atransform(inputs["question"])


class Reader(NodeComponent):
    """Answers a question, usually from passages."""

    kind = Kind.READER
    inputs: ClassVar[Mapping[str, Input]] = {
        "question": Input(Port.QUESTION),
        "passages": Input(Port.PASSAGES),
    }
    output = Port.ANSWER

    @abstractmethod
    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the answer, or an abstention."""

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Asynchronous twin of `read`."""
        raise NotImplementedError(f"{self.name} has no aread")

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `read`."""
        return self.read(inputs["question"], inputs.get("passages") or ())

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> Answer:
        """See `aread`."""
        return await self.aread(inputs["question"], inputs.get("passages") or ())
