"""Which index finds near vectors, and how hard it looks: a choice of every retriever by vectors."""

from __future__ import annotations

from typing import Literal

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    ComponentParameters,
    Embedder,
    Indexes,
    component_parameter,
    parameter,
)

from ..indexes.flat_index import FlatIndex
from ..indexes.hnsw_index import HnswIndex
from ..indexes.ivf_pq_index import IvfPqIndex
from ..indexes.vector_index import VectorSearch


class VectorParameters(ComponentParameters):
    """Which vectors, in which index; `DenseRetriever` says when which is of use."""

    embedder: Embedder = component_parameter("lsa", "Turns chunks and questions into vectors.")
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

    def vectors(self, chunks: Chunks, indexes: Indexes) -> VectorSearch:
        """Return the index of the chunks' vectors, which all that ask for the same one share."""
        if self.index == "hnsw":
            graph = indexes.get(HnswIndex(self.embedder, self.hnsw_m, self.ef_construction), chunks)
            return graph.with_effort(self.ef_search)
        if self.index == "ivf_pq":
            lists = indexes.get(
                IvfPqIndex(self.embedder, self.nlist, self.pq_m, self.pq_nbits), chunks
            )
            return lists.with_effort(self.nprobe, self.candidates)
        return indexes.get(FlatIndex(self.embedder), chunks)
