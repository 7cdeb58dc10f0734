"""Retrievers by dotted path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

from syftr_like.contracts import (
    Adapter,
    Chunk,
    Chunks,
    Indexes,
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
        more: dict[str, Any] = {}
        if takes(self.factory, "documents"):
            more["documents"] = [document_of(chunk) for chunk in chunks]
        with inner_model_calls(self.parameters.uses, self.parameters.price):
            retriever = made(self, BaseRetriever, **more)
        by_text = {chunk.text: chunk for chunk in reversed(chunks)}
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
