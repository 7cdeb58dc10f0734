"""Retrieval by the nearness of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    Chunks,
    ComponentParameters,
    Embedder,
    Indexes,
    IntDomain,
    Passage,
    Query,
    Retriever,
    component_parameter,
    parameter,
)

from ..indexes.flat_index import FlatIndex, FlatSearch
from .chunk_passages import candidates, passages_of


@dataclass(frozen=True, slots=True)
class DensePrepared:
    """The chunks and the index of their vectors."""

    chunks: Chunks
    vectors: FlatSearch


class DenseRetriever(Retriever):
    """Finds chunks whose vectors are nearest to the question's.

    Finds what is said in other words than the question's, as far as the embedder knows that they
    mean the same; names and numbers are better found by `bm25`. The search is exact; scores are
    cosines. A question without a known word gets no passages.
    """

    name = "dense"

    class Parameters(ComponentParameters):
        """Which vectors, and how many passages."""

        embedder: Embedder = component_parameter("lsa", "Turns chunks and questions into vectors.")
        k: int = parameter(5, "Passages to return.", ge=1, le=1000, search=IntDomain(2, 20))

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Whether the embedder waits for a network."""
        return self.parameters.embedder.asynchronous

    def index(self, chunks: Chunks, indexes: Indexes) -> DensePrepared:
        """Return the chunks with the index of their vectors."""
        return DensePrepared(chunks, indexes.get(FlatIndex(self.parameters.embedder), chunks))

    def retrieve(self, question: Query, index: DensePrepared) -> Sequence[Passage]:
        """Return the `k` nearest chunks."""
        vector = index.vectors.embedder.embed_query(question.text)
        return self._nearest(vector, index)

    async def aretrieve(self, question: Query, index: DensePrepared) -> Sequence[Passage]:
        """Return the `k` nearest chunks."""
        vector = await index.vectors.embedder.aembed_query(question.text)
        return self._nearest(vector, index)

    def _nearest(self, vector: NDArray[np.float32], index: DensePrepared) -> Sequence[Passage]:
        k = self.parameters.k
        found = index.vectors.search(vector, candidates(index.chunks, k))
        return passages_of(index.chunks, found, k)
