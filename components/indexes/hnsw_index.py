"""Approximate search among the vectors of chunks, along a graph of neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import faiss
import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import FittedEmbedder

from .embedded_chunks import ChunkVectors
from .vector_index import VectorIndex, VectorSearch, asked

_EF_SEARCH = 64
_faiss: Any = faiss  # its stubs leave out the parameters of a search


class HnswSearch(VectorSearch):
    """Walks from neighbour to neighbour towards the question.

    Args:
        embedder: The embedder for questions.
        index: The FAISS index; None where there is nothing to be near to.
        ef_search: How many of the nearest found so far are gone on from; at least as many as are
            asked for.
    """

    def __init__(
        self, embedder: FittedEmbedder, index: Any | None, ef_search: int = _EF_SEARCH
    ) -> None:
        super().__init__(embedder, index)
        self._ef_search = ef_search
        self._effort = _faiss.SearchParametersHNSW(efSearch=ef_search)

    def with_effort(self, ef_search: int) -> HnswSearch:
        """Return the search in the same index with another `ef_search`."""
        return HnswSearch(self.embedder, self._index, ef_search)

    def _nearest(self, index: Any, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        # All that the walk kept: of equal ones the first are to be found, however few are wanted.
        return asked(index, vector, min(max(k, self._ef_search), index.ntotal), self._effort)


@dataclass(frozen=True)
class HnswIndex(VectorIndex[HnswSearch]):
    """Recipe of a hierarchical navigable small world (FAISS IndexHNSWFlat, inner product).

    Malkov & Yashunin 2020. The levels of the vectors are drawn with FAISS's fixed seed.

    Attributes:
        m: Neighbours of each vector; twice as many in the lowest layer.
        ef_construction: How many of the nearest found so far are gone on from while building.
    """

    name: ClassVar[str] = "hnsw"

    m: int
    ef_construction: int

    def index_of(self, vectors: NDArray[np.float32]) -> Any:
        """Return the graph of the vectors."""
        index = faiss.IndexHNSWFlat(vectors.shape[1], self.m, faiss.METRIC_INNER_PRODUCT)
        index.hnsw.efConstruction = self.ef_construction
        index.add(vectors)
        return index

    def searching(self, embedded: ChunkVectors, index: Any | None) -> HnswSearch:
        """Return the search in the graph."""
        return HnswSearch(embedded.embedder, index)
