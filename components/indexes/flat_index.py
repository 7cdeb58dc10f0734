"""Exact search among the vectors of chunks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import faiss
import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import Chunks, Embedder, FittedEmbedder, Index, Indexes

from .embedded_chunks import EmbeddedChunks

# Flows run side by side; threads of FAISS's own would make their times depend on each other.
faiss.omp_set_num_threads(1)

_FILE = "index.faiss"


class FlatSearch:
    """The chunks' vectors in FAISS, and the embedder for questions.

    Args:
        embedder: The embedder for questions.
        index: The FAISS index; None where there is nothing to be near to.
    """

    def __init__(self, embedder: FittedEmbedder, index: Any | None) -> None:
        self.embedder = embedder
        self._index = index

    def dump(self) -> dict[str, bytes]:
        """Return the index as a file in FAISS's own form; no file where there is none."""
        if self._index is None:
            return {}
        return {_FILE: faiss.serialize_index(self._index).tobytes()}

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


def inner_product_index(vectors: NDArray[np.float32]) -> Any | None:
    """Return a FAISS index of vectors, (chunks, dimensions).

    None without any vector but zero: there is nothing to be near to, and no dimensions either.
    """
    if not vectors.any():
        return None
    index = faiss.IndexFlatIP(vectors.shape[1])
    index.add(vectors)
    return index


@dataclass(frozen=True)
class FlatIndex(Index[FlatSearch]):
    """Recipe of an exact inner-product index over the chunks' vectors (FAISS IndexFlatIP)."""

    name: ClassVar[str] = "flat"

    embedder: Embedder

    def build(self, chunks: Chunks, indexes: Indexes) -> FlatSearch:
        """Index the chunks' vectors."""
        embedded = indexes.get(EmbeddedChunks(self.embedder), chunks)
        return FlatSearch(embedded.embedder, inner_product_index(embedded.vectors))

    @property
    def kept(self) -> bool:
        """Whether the embedder can be kept."""
        return self.embedder.kept

    def dump(self, built: FlatSearch) -> dict[str, bytes]:
        """Return the FAISS index; the vectors' embedder is kept with the vectors."""
        return built.dump()

    def load(self, files: Mapping[str, bytes], chunks: Chunks, indexes: Indexes) -> FlatSearch:
        """Return the index from its file; the embedder is that of the chunks' vectors."""
        index = None
        if _FILE in files:
            index = faiss.deserialize_index(np.frombuffer(files[_FILE], dtype=np.uint8))
        embedder = indexes.get(EmbeddedChunks(self.embedder), chunks).embedder
        return FlatSearch(embedder, index)
