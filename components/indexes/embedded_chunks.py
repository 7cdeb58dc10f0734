"""The vectors of chunks, with the embedder that made them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import Chunks, Embedder, FittedEmbedder, Index, Indexes
from syftr_like.contracts.formats import array_file, array_values

_VECTORS = "vectors.npz"
_EMBEDDER = "embedder/"


@dataclass(frozen=True, slots=True)
class ChunkVectors:
    """Vectors of chunks, float32 of shape (chunks, dimensions), and the fitted embedder."""

    embedder: FittedEmbedder
    vectors: NDArray[np.float32]


@dataclass(frozen=True)
class EmbeddedChunks(Index[ChunkVectors]):
    """Recipe of the chunks' vectors: the embedder is fitted on their texts, then embeds them."""

    name: ClassVar[str] = "embedded_chunks"

    embedder: Embedder

    def build(self, chunks: Chunks, indexes: Indexes) -> ChunkVectors:
        """Fit and embed."""
        texts = [chunk.searched for chunk in chunks]
        fitted = self.embedder.fit(texts)
        return ChunkVectors(fitted, fitted.embed_documents(texts))

    @property
    def kept(self) -> bool:
        """Whether the embedder can be kept."""
        return self.embedder.kept

    def dump(self, built: ChunkVectors) -> dict[str, bytes]:
        """Return the vectors, and what the embedder learned."""
        files = {_EMBEDDER + name: content for name, content in built.embedder.dump().items()}
        return {_VECTORS: array_file(vectors=built.vectors), **files}

    def load(self, files: Mapping[str, bytes], chunks: Chunks, indexes: Indexes) -> ChunkVectors:
        """Return the vectors and the embedder from their files; nothing is embedded."""
        learned = {
            name.removeprefix(_EMBEDDER): content
            for name, content in files.items()
            if name.startswith(_EMBEDDER)
        }
        vectors = array_values(files[_VECTORS])["vectors"]
        return ChunkVectors(self.embedder.load(learned), vectors)
