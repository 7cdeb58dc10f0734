"""Retrieval by the nearness of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    Chunks,
    Indexes,
    IntDomain,
    Passage,
    Query,
    Retriever,
    parameter,
)

from ..indexes.vector_index import VectorSearch
from .chunk_passages import candidates, passages_of
from .vector_parameters import VectorParameters


@dataclass(frozen=True, slots=True)
class DensePrepared:
    """The chunks and the index of their vectors."""

    chunks: Chunks
    vectors: VectorSearch


class DenseRetriever(Retriever):
    """Finds chunks whose vectors are nearest to the question's.

    Finds what is said in other words than the question's, as far as the embedder knows that they
    mean the same; names and numbers are better found by `bm25`. Scores are cosines. A question
    without a known word gets no passages.

    The `flat` index compares a question with every chunk: exact, and the quickest below some five
    thousand chunks. `hnsw` walks along a graph of neighbours (Malkov & Yashunin 2020): building it
    takes some 5 s per ten thousand chunks, a question half a millisecond however many there are.
    `ivf_pq` looks through the nearest of `nlist` lists of shortened vectors (Jégou, Douze & Schmid
    2011), then compares `candidates` exactly; it is built in half the time. Both may miss a near
    chunk; `ef_search`, `nprobe` and `candidates` trade time for that and rebuild nothing. Of `n`
    chunks there are at most `n` lists, and codes have at most as many bits as fit `n` centroids.
    """

    name = "dense"

    class Parameters(VectorParameters):
        """Which vectors, and how many passages."""

        k: int = parameter(5, "Passages to return.", ge=1, le=1000, search=IntDomain(2, 20))

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Whether the embedder waits for a network."""
        return self.parameters.embedder.asynchronous

    def index(self, chunks: Chunks, indexes: Indexes) -> DensePrepared:
        """Return the chunks with the index of their vectors."""
        return DensePrepared(chunks, self.parameters.vectors(chunks, indexes))

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
