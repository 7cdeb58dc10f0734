"""Retrievers by dotted path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from syftr_like.contracts import (
    Adapter,
    Chunk,
    Chunks,
    Index,
    Indexes,
    Json,
    Passage,
    Query,
    Retriever,
    parameter,
)

from ..network_loop import on_network_loop
from .arguments import InnerModelParameters, made
from .chunk_documents import chunk_of, document_of, ranked
from .factories import makes, takes
from .inner_calls import inner_model_calls


@dataclass(frozen=True)
class MadeRetriever(Index[BaseRetriever]):
    """Recipe of a retriever: made once for all flows that differ only in what they keep of it.

    It is not kept on disk, since nothing is known of what it holds: each worker makes its own,
    and one that pays for embeddings pays once per worker. `langchain_embeddings` under `dense`
    has them kept.
    """

    name: ClassVar[str] = "langchain_retriever"

    adapter: LangchainRetriever

    def describe(self) -> dict[str, Json]:
        """Return all of the adapter but `k`, which is applied to what the retriever found."""
        described = self.adapter.describe()
        return {**described, "parameters": {**described["parameters"], "k": None}}

    def build(self, chunks: Chunks, indexes: Indexes) -> BaseRetriever:
        """Make the retriever.

        Raises:
            InputError: The factory failed.
        """
        adapter = self.adapter
        more: dict[str, Any] = {}
        if takes(adapter.factory, "documents"):
            more["documents"] = [document_of(chunk) for chunk in chunks]
        with inner_model_calls(adapter.parameters.uses, adapter.parameters.price):
            return made(adapter, BaseRetriever, **more)


@dataclass(frozen=True, slots=True)
class LangchainRetrieverPrepared:
    """The retriever, and the chunks by their text."""

    retriever: BaseRetriever
    by_text: Mapping[str, Chunk]


class LangchainRetriever(Adapter, Retriever):
    """Asks any LangChain `BaseRetriever` named by dotted path.

    The path names a class, a class method such as `Retriever.from_documents`, or a function whose
    return annotation is a retriever. One that takes `documents` is given the chunks; one that
    does not searches a collection of its own, of which only texts that are chunks count as
    evidence. Scores are 1 / rank.
    """

    name = "langchain_retriever"
    wraps = "BaseRetriever"

    class Parameters(InnerModelParameters):
        """What is asked, and how much is kept."""

        k: int | None = parameter(
            None, "Passages to keep; null keeps all that it returns.", ge=1, le=1000
        )

    parameters: Parameters

    @classmethod
    def adapts(cls, factory: object) -> bool:
        """Whether it makes a retriever."""
        return makes(factory, BaseRetriever)

    @property
    def asynchronous(self) -> bool:
        """Whether it waits for a network."""
        return self.parameters.network

    def index(self, chunks: Chunks, indexes: Indexes) -> LangchainRetrieverPrepared:
        """Make the retriever.

        Raises:
            InputError: The factory failed.
        """
        retriever = indexes.get(MadeRetriever(self), chunks)
        by_text = {chunk.searched: chunk for chunk in reversed(chunks)}
        return LangchainRetrieverPrepared(retriever, by_text)

    def retrieve(self, question: Query, index: LangchainRetrieverPrepared) -> Sequence[Passage]:
        """Return what the retriever returns, in its order."""
        with inner_model_calls(self.parameters.uses, self.parameters.price):
            return self._passages(index.retriever.invoke(question.text), index)

    async def aretrieve(
        self, question: Query, index: LangchainRetrieverPrepared
    ) -> Sequence[Passage]:
        """Return what the retriever returns, in its order."""
        with inner_model_calls(self.parameters.uses, self.parameters.price):
            found = await on_network_loop(index.retriever.ainvoke(question.text))
            return self._passages(found, index)

    def _passages(
        self, found: Sequence[Document], index: LangchainRetrieverPrepared
    ) -> Sequence[Passage]:
        kept = found[: self.parameters.k]
        return ranked(chunk_of(document, index.by_text) for document in kept)
