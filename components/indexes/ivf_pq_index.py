"""Approximate search among the vectors of chunks, by lists of shortened vectors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, ClassVar

import faiss
import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import FittedEmbedder

from .embedded_chunks import ChunkVectors
from .vector_index import VectorIndex, VectorSearch, asked

_NPROBE = 8
_CANDIDATES = 100
_ROTATION_SEED = 0
_faiss: Any = faiss  # its stubs leave out the parameters of a search


class IvfPqSearch(VectorSearch):
    """Finds candidates by their codes in the nearest lists, and compares them exactly.

    Args:
        embedder: The embedder for questions.
        index: The FAISS index; None where there is nothing to be near to.
        vectors: The chunks' vectors, (chunks, dimensions), in the order of the chunks.
        nprobe: How many lists are looked through; all, where there are fewer.
        candidates: How many of the nearest by their codes are compared by their vectors; at least
            as many as are asked for.
    """

    def __init__(
        self,
        embedder: FittedEmbedder,
        index: Any | None,
        vectors: NDArray[np.float32],
        nprobe: int = _NPROBE,
        candidates: int = _CANDIDATES,
    ) -> None:
        super().__init__(embedder, index)
        self._vectors = vectors
        self._candidates = candidates
        self._effort = _faiss.SearchParametersPreTransform(
            index_params=_faiss.SearchParametersIVF(nprobe=nprobe)
        )

    def with_effort(self, nprobe: int, candidates: int) -> IvfPqSearch:
        """Return the search in the same index with another effort."""
        return IvfPqSearch(self.embedder, self._index, self._vectors, nprobe, candidates)

    def _nearest(self, index: Any, vector: NDArray[np.float32], k: int) -> list[tuple[int, float]]:
        count = min(max(k, self._candidates), index.ntotal)
        positions = sorted(p for p, _ in asked(index, vector, count, self._effort))
        # Row by row, in this thread: equal vectors are equally near.
        cosines = np.einsum("ij,j->i", self._vectors[positions], vector)
        return list(zip(positions, cosines.tolist(), strict=True))


@dataclass(frozen=True)
class IvfPqIndex(VectorIndex[IvfPqSearch]):
    """Recipe of an inverted file of product-quantised vectors (FAISS IndexIVFPQ, inner product).

    Jégou, Douze & Schmid 2011. Vectors are first turned at random, to a multiple of `m`
    dimensions: that changes no cosine, and no part of them then holds more than another, as the
    first dimensions of `lsa` do. All draws have fixed seeds.

    Centroids are learned from the vectors, and more than there are cannot be learned: of `n`
    vectors there are at most `n` lists, and codes have at most as many bits as fit `n` centroids.

    Attributes:
        nlist: Lists that the vectors are divided among.
        m: Parts that a vector is cut into.
        nbits: Bits of each part's code.
    """

    name: ClassVar[str] = "ivf_pq"

    nlist: int
    m: int
    nbits: int

    def index_of(self, vectors: NDArray[np.float32]) -> Any:
        """Return the lists of codes, learned from the vectors."""
        count, dimensions = vectors.shape
        turned = -(-dimensions // self.m) * self.m
        rotation = faiss.RandomRotationMatrix(dimensions, turned)
        rotation.init(_ROTATION_SEED)
        lists = min(self.nlist, count)
        bits = max(1, min(self.nbits, count.bit_length() - 1))
        quantizer = faiss.IndexFlatIP(turned)
        codes = faiss.IndexIVFPQ(quantizer, turned, lists, self.m, bits, faiss.METRIC_INNER_PRODUCT)
        # FAISS would warn on the terminal of fewer than 39 vectors for each centroid.
        codes.cp.min_points_per_centroid = 1
        codes.pq.cp.min_points_per_centroid = 1
        index = faiss.IndexPreTransform(rotation, codes)
        # A code has a bit at least, and so two centroids, which one vector twice can teach.
        index.train(vectors if count > 1 else np.repeat(vectors, 2, axis=0))
        index.add(vectors)
        return index

    def searching(self, embedded: ChunkVectors, index: Any | None) -> IvfPqSearch:
        """Return the search in the lists."""
        return IvfPqSearch(embedded.embedder, index, embedded.vectors)
