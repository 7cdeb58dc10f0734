"""Exact search among the vectors of chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import faiss
import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import Chunks, Embedder, FittedEmbedder, Index, Indexes

from .embedded_chunks import EmbeddedChunks

# Flows run side by side; threads of FAISS's own would make their times depend on each other.
faiss.omp_set_num_threads(1)


class FlatSearch:
    """The chunks' vectors in FAISS, and the embedder for questions."""

    def __init__(self, embedder: FittedEmbedder, vectors: NDArray[np.float32]) -> None:
        self.embedder = embedder
        # Without any vector but zero there is nothing to be near to, and no dimensions either.
        self._index = faiss.IndexFlatIP(vectors.shape[1]) if vectors.any() else None
        if self._index is not None:
            self._index.add(vectors)

    def search(self, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Return the `k` chunks (position, cosine) nearest to a question's vector, best first.

        A zero vector, that of a question without a known word, is near to nothing. Equal scores
        come in the order of the chunks.
        """
        if self._index is None or not vector.any():
            return []
        count = min(k, self._index.ntotal)
        scores, positions = self._index.search(vector[np.newaxis, :], count)
        found = zip(positions[0].tolist(), scores[0].tolist(), strict=True)
        return sorted(found, key=lambda item: (-item[1], item[0]))


@dataclass(frozen=True)
class FlatIndex(Index[FlatSearch]):
    """Recipe of an exact inner-product index over the chunks' vectors (FAISS IndexFlatIP)."""

    name: ClassVar[str] = "flat"

    embedder: Embedder

    def build(self, chunks: Chunks, indexes: Indexes) -> FlatSearch:
        """Index the chunks' vectors."""
        embedded = indexes.get(EmbeddedChunks(self.embedder), chunks)
        return FlatSearch(embedded.embedder, embedded.vectors)
