"""Retrieval by the nearness of vectors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    ChoiceDomain,
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

from ..indexes.flat_index import FlatIndex
from ..indexes.hnsw_index import HnswIndex
from ..indexes.ivf_pq_index import IvfPqIndex
from ..indexes.vector_index import VectorSearch
from .chunk_passages import candidates, passages_of


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

    class Parameters(ComponentParameters):
        """Which vectors, and how many passages."""

        embedder: Embedder = component_parameter("lsa", "Turns chunks and questions into vectors.")
        k: int = parameter(5, "Passages to return.", ge=1, le=1000, search=IntDomain(2, 20))
        index: Literal["flat", "hnsw", "ivf_pq"] = parameter(
            "flat",
            "How near vectors are found: exactly, along a graph, or by lists of codes.",
            search=ChoiceDomain(("flat", "hnsw", "ivf_pq")),
        )
        hnsw_m: int = parameter(
            16,
            "Neighbours of each vector in the graph.",
            ge=2,
            le=256,
            search=ChoiceDomain((8, 16, 32)),
            when={"index": ("hnsw",)},
        )
        ef_construction: int = parameter(
            80,
            "How widely the graph is looked through for the neighbours of each vector.",
            ge=1,
            le=10_000,
            search=ChoiceDomain((40, 80, 160)),
            when={"index": ("hnsw",)},
        )
        ef_search: int = parameter(
            64,
            "How widely the graph is looked through for a question; at least as many as wanted.",
            ge=1,
            le=10_000,
            search=ChoiceDomain((16, 32, 64, 128)),
            when={"index": ("hnsw",)},
        )
        nlist: int = parameter(
            64,
            "Lists that the vectors are divided among; no more than there are chunks.",
            ge=1,
            le=65_536,
            search=ChoiceDomain((16, 32, 64, 128)),
            when={"index": ("ivf_pq",)},
        )
        pq_m: int = parameter(
            16,
            "Parts that a vector is cut into, each of which has a code.",
            ge=1,
            le=256,
            search=ChoiceDomain((8, 16, 32)),
            when={"index": ("ivf_pq",)},
        )
        pq_nbits: int = parameter(
            8,
            "Bits of each code; no more than fit as many centroids as there are chunks.",
            ge=1,
            le=12,
            search=ChoiceDomain((4, 6, 8)),
            when={"index": ("ivf_pq",)},
        )
        nprobe: int = parameter(
            8,
            "Lists that are looked through for a question.",
            ge=1,
            le=65_536,
            search=ChoiceDomain((2, 4, 8, 16)),
            when={"index": ("ivf_pq",)},
        )
        candidates: int = parameter(
            100,
            "Chunks whose vectors are compared exactly, of the nearest by their codes.",
            ge=1,
            le=10_000,
            search=ChoiceDomain((20, 50, 100)),
            when={"index": ("ivf_pq",)},
        )

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Whether the embedder waits for a network."""
        return self.parameters.embedder.asynchronous

    def index(self, chunks: Chunks, indexes: Indexes) -> DensePrepared:
        """Return the chunks with the index of their vectors."""
        return DensePrepared(chunks, self._vectors(chunks, indexes))

    def _vectors(self, chunks: Chunks, indexes: Indexes) -> VectorSearch:
        p = self.parameters
        if p.index == "hnsw":
            graph = indexes.get(HnswIndex(p.embedder, p.hnsw_m, p.ef_construction), chunks)
            return graph.with_effort(p.ef_search)
        if p.index == "ivf_pq":
            lists = indexes.get(IvfPqIndex(p.embedder, p.nlist, p.pq_m, p.pq_nbits), chunks)
            return lists.with_effort(p.nprobe, p.candidates)
        return indexes.get(FlatIndex(p.embedder), chunks)

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
