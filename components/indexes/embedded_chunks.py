"""The vectors of chunks, with the embedder that made them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import Chunks, Embedder, FittedEmbedder, Index, Indexes


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
        texts = [chunk.text for chunk in chunks]
        fitted = self.embedder.fit(texts)
        return ChunkVectors(fitted, fitted.embed_documents(texts))
