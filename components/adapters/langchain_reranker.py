"""Rerankers by dotted path."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import Any

from langchain_core.documents import BaseDocumentCompressor, Document

from syftr_like.contracts import Adapter, Indexes, Passage, Query, Reranker, parameter

from ..network_loop import on_network_loop
from .arguments import InnerModelParameters, made
from .chunk_documents import chunk_of, document_of, ranked
from .factories import makes
from .inner_calls import inner_model_calls


class LangchainReranker(Adapter, Reranker):
    """Asks any LangChain `BaseDocumentCompressor` named by dotted path.

    It may reorder, drop or shorten passages. Scores are its `relevance_score`s where it gives
    them, best first, otherwise 1 / rank.
    """

    name = "langchain_reranker"
    wraps = "BaseDocumentCompressor"

    class Parameters(InnerModelParameters):
        """What is asked, and how much is kept."""

        top: int | None = parameter(
            None, "Passages to keep; null keeps all that it returns.", ge=1, le=1000
        )

    parameters: Parameters

    @classmethod
    def adapts(cls, factory: object) -> bool:
        """Whether it makes a document compressor."""
        return makes(factory, BaseDocumentCompressor)

    @property
    def asynchronous(self) -> bool:
        """Whether it waits for a network."""
        return self.parameters.network

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Make the compressor, so that no question waits for it.

        Raises:
            InputError: The factory failed.
        """
        return self._compressor

    def rerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return what the compressor returns, in its order."""
        documents = [document_of(passage.chunk) for passage in passages]
        with inner_model_calls(self.parameters.uses, self.parameters.price):
            found = self._compressor.compress_documents(documents, question.text)
        return self._passages(found)

    async def arerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return what the compressor returns, in its order."""
        documents = [document_of(passage.chunk) for passage in passages]
        with inner_model_calls(self.parameters.uses, self.parameters.price):
            found = await on_network_loop(
                self._compressor.acompress_documents(documents, question.text)
            )
        return self._passages(found)

    @cached_property
    def _compressor(self) -> BaseDocumentCompressor:
        return made(self, BaseDocumentCompressor)

    def _passages(self, found: Sequence[Document]) -> Sequence[Passage]:
        kept = found[: self.parameters.top]
        scores = [document.metadata.get("relevance_score") for document in kept]
        numbers = [float(score) for score in scores if isinstance(score, int | float)]
        return ranked(
            (chunk_of(document, {}) for document in kept),
            numbers if len(numbers) == len(kept) else None,
        )
