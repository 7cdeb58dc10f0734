"""Exact search among the vectors of chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import faiss
import numpy as np
from numpy.typing import NDArray

from .embedded_chunks import ChunkVectors
from .vector_index import VectorIndex, VectorSearch


class FlatSearch(VectorSearch):
    """Compares a question with the vector of every chunk."""


@dataclass(frozen=True)
class FlatIndex(VectorIndex[FlatSearch]):
    """Recipe of an exact inner-product index over the chunks' vectors (FAISS IndexFlatIP)."""

    name: ClassVar[str] = "flat"

    def index_of(self, vectors: NDArray[np.float32]) -> Any:
        """Return the vectors in a FAISS index."""
        index = faiss.IndexFlatIP(vectors.shape[1])
        index.add(vectors)
        return index

    def searching(self, embedded: ChunkVectors, index: Any | None) -> FlatSearch:
        """Return the search in the index."""
        return FlatSearch(embedded.embedder, index)
