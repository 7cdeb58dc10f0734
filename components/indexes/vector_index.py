"""Search among the vectors of chunks: what every FAISS index has in common."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

import faiss
import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from syftr_like.contracts import Chunks, Embedder, FittedEmbedder, Index, Indexes

from .embedded_chunks import ChunkVectors, EmbeddedChunks

_FILE = "index.faiss"


class VectorSearch:
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
        # Flows run side by side; threads of FAISS's own would make their times depend on each
        # other. The setting is one of the thread that calls, so that it is made at each call.
        faiss.omp_set_num_threads(1)
        found = self._nearest(self._index, vector, min(k, self._index.ntotal))
        return sorted(found, key=lambda item: (-item[1], item[0]))[:k]

    def _nearest(self, index: Any, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        """Return the `k` nearest chunks (position, cosine), and maybe more, in any order."""
        return asked(index, vector, k)


def asked(
    index: Any, vector: NDArray[np.float32], k: int, effort: Any | None = None
) -> list[tuple[int, float]]:
    """Return what FAISS finds: up to `k` of (position, inner product).

    Args:
        index: A FAISS index.
        vector: The question's vector, (dimensions,).
        k: How many are asked for; an approximate search may find fewer.
        effort: FAISS's parameters of the search, which are no part of the index.
    """
    scores, positions = index.search(vector[np.newaxis, :], k, params=effort)
    pairs = zip(positions[0].tolist(), scores[0].tolist(), strict=True)
    return [(position, score) for position, score in pairs if position >= 0]


Search = TypeVar("Search", bound=VectorSearch)


@dataclass(frozen=True)
class VectorIndex(Index[Search], Generic[Search]):
    """Recipe of a FAISS index over the chunks' vectors; subclasses say of which form."""

    embedder: Embedder

    @abstractmethod
    def index_of(self, vectors: NDArray[np.float32]) -> Any:
        """Return the FAISS index of vectors, (chunks, dimensions), not all of them zero."""

    @abstractmethod
    def searching(self, embedded: ChunkVectors, index: Any | None) -> Search:
        """Return the search in an index."""

    def build(self, chunks: Chunks, indexes: Indexes) -> Search:
        """Index the chunks' vectors; in one thread, so that equal vectors make an equal index."""
        embedded = indexes.get(EmbeddedChunks(self.embedder), chunks)
        if not embedded.vectors.any():  # nothing to be near to, and no dimensions either
            return self.searching(embedded, None)
        with threadpool_limits(limits=1):
            return self.searching(embedded, self.index_of(embedded.vectors))

    @property
    def kept(self) -> bool:
        """Whether the embedder can be kept."""
        return self.embedder.kept

    def dump(self, built: Search) -> dict[str, bytes]:
        """Return the FAISS index; the vectors and their embedder are kept by `EmbeddedChunks`."""
        return built.dump()

    def load(self, files: Mapping[str, bytes], chunks: Chunks, indexes: Indexes) -> Search:
        """Return the index from its file; the embedder is that of the chunks' vectors."""
        index = None
        if _FILE in files:
            index = faiss.deserialize_index(np.frombuffer(files[_FILE], dtype=np.uint8))
        return self.searching(indexes.get(EmbeddedChunks(self.embedder), chunks), index)
