"""Reranking by the nearness of vectors."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    ComponentParameters,
    Embedder,
    FittedEmbedder,
    Indexes,
    Input,
    IntDomain,
    Passage,
    Port,
    Query,
    Reranker,
    component_parameter,
    parameter,
)

from ..indexes.embedded_chunks import EmbeddedChunks
from .order import reordered


@dataclass(frozen=True, slots=True)
class KnownVectors:
    """Vectors of shape (texts, dimensions), the row of each text, and what embeds others."""

    embedder: FittedEmbedder
    vectors: NDArray[np.float32]
    rows: Mapping[str, int]

    def of(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return the vectors of texts, (len(texts), dimensions); unknown texts are embedded."""
        unknown = [place for place, text in enumerate(texts) if text not in self.rows]
        embedded = self.embedder.embed_documents([texts[place] for place in unknown])
        width = max(embedded.shape[1], self.vectors.shape[1])
        found = np.zeros((len(texts), width), dtype=np.float32)
        found[unknown] = embedded
        for place, text in enumerate(texts):
            if text in self.rows:
                found[place] = self.vectors[self.rows[text]]
        return found


class EmbeddingReranker(Reranker):
    """Puts passages first whose vectors are nearest to the question's.

    Useful after `bm25` with a large `k`. Wire `chunks` to it: their vectors are then computed at
    index time and shared with `dense`, and a question costs one embedding. Otherwise the embedder
    is fitted on, and embeds, the passages of each question anew. Scores are cosines.
    """

    name = "embedding_reranker"
    inputs: ClassVar[Mapping[str, Input]] = {
        **Reranker.inputs,
        "chunks": Input(Port.CHUNKS, required=False),
    }

    class Parameters(ComponentParameters):
        """Which vectors, and how many passages are kept."""

        embedder: Embedder = component_parameter(
            "lsa", "Turns passages and questions into vectors."
        )
        top: int = parameter(5, "Passages to keep.", ge=1, le=1000, search=IntDomain(1, 8))

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Whether the embedder waits for a network."""
        return self.parameters.embedder.asynchronous

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> KnownVectors | None:
        """Return the chunks' vectors, if there are chunks."""
        chunks = inputs.get("chunks")
        if chunks is None:
            return None
        embedded = indexes.get(EmbeddedChunks(self.parameters.embedder), chunks)
        rows = {chunk.text: row for row, chunk in enumerate(chunks) if chunk.search is None}
        return KnownVectors(embedded.embedder, embedded.vectors, rows)

    def run(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `rerank`."""
        known = prepared if isinstance(prepared, KnownVectors) else None
        return tuple(self.rerank(inputs["question"], inputs["passages"], known))

    async def arun(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `arerank`."""
        known = prepared if isinstance(prepared, KnownVectors) else None
        return tuple(await self.arerank(inputs["question"], inputs["passages"], known))

    def rerank(
        self, question: Query, passages: Sequence[Passage], known: KnownVectors | None = None
    ) -> Sequence[Passage]:
        """Return the `top` nearest passages."""
        ready, vectors = self._vectors(passages, known)
        asked = ready.embedder.embed_query(question.text)
        return reordered(passages, _cosines(vectors, asked), self.parameters.top)

    async def arerank(
        self, question: Query, passages: Sequence[Passage], known: KnownVectors | None = None
    ) -> Sequence[Passage]:
        """Return the `top` nearest passages."""
        # Embedders have no asynchronous way to embed documents; a thread keeps the loop free.
        ready, vectors = await asyncio.to_thread(self._vectors, passages, known)
        asked = await ready.embedder.aembed_query(question.text)
        return reordered(passages, _cosines(vectors, asked), self.parameters.top)

    def _vectors(
        self, passages: Sequence[Passage], known: KnownVectors | None
    ) -> tuple[KnownVectors, NDArray[np.float32]]:
        texts = [passage.text for passage in passages]
        if known is None:
            fitted = self.parameters.embedder.fit(texts)
            known = KnownVectors(fitted, np.zeros((0, 0), dtype=np.float32), {})
        return known, known.of(texts)


def _cosines(vectors: NDArray[np.float32], asked: NDArray[np.float32]) -> list[float]:
    # Rounded, so that equal passages tie whatever the order in which their products are summed.
    return [round(score, 6) for score in (vectors @ asked).tolist()]
