"""Vectors of texts, some of them known from index time."""

from __future__ import annotations

import asyncio
from abc import abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    Embedder,
    FittedEmbedder,
    Indexes,
    Input,
    Passage,
    Port,
    Query,
    Reranker,
)

from ..indexes.embedded_chunks import EmbeddedChunks


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


class EmbedderReranker(Reranker):
    """What rerankers that compare vectors have in common.

    Subclasses have a parameter `embedder`. Where `chunks` are wired, their vectors are computed at
    index time and shared with `dense`; otherwise the embedder is fitted on the texts at hand.
    """

    inputs: ClassVar[Mapping[str, Input]] = {
        **Reranker.inputs,
        "chunks": Input(Port.CHUNKS, required=False),
    }

    @property
    def asynchronous(self) -> bool:
        """Whether the embedder waits for a network."""
        return self._embedder.asynchronous

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> KnownVectors | None:
        """Return the chunks' vectors, if there are chunks."""
        chunks = inputs.get("chunks")
        if chunks is None:
            return None
        embedded = indexes.get(EmbeddedChunks(self._embedder), chunks)
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
        """Return passages by how near their texts are to the question."""
        texts = self.compared(passages)
        ready, vectors = self._vectors(texts, known)
        asked = ready.embedder.embed_query(question.text)
        return self.chosen(passages, _cosines(vectors, asked))

    async def arerank(
        self, question: Query, passages: Sequence[Passage], known: KnownVectors | None = None
    ) -> Sequence[Passage]:
        """Asynchronous twin of `rerank`."""
        texts = self.compared(passages)
        # Embedders have no asynchronous way to embed documents; a thread keeps the loop free.
        ready, vectors = await asyncio.to_thread(self._vectors, texts, known)
        asked = await ready.embedder.aembed_query(question.text)
        return self.chosen(passages, _cosines(vectors, asked))

    def compared(self, passages: Sequence[Passage]) -> list[str]:
        """Return the texts that are compared with the question."""
        return [passage.text for passage in passages]

    @abstractmethod
    def chosen(self, passages: Sequence[Passage], cosines: Sequence[float]) -> Sequence[Passage]:
        """Return what becomes of the passages, given the cosine of each compared text."""

    @property
    def _embedder(self) -> Embedder:
        embedder: Embedder = self.parameters.embedder
        return embedder

    def _vectors(
        self, texts: Sequence[str], known: KnownVectors | None
    ) -> tuple[KnownVectors, NDArray[np.float32]]:
        if known is None:
            fitted = self._embedder.fit(texts)
            known = KnownVectors(fitted, np.zeros((0, 0), dtype=np.float32), {})
        return known, known.of(texts)


def _cosines(vectors: NDArray[np.float32], asked: NDArray[np.float32]) -> list[float]:
    # Rounded, so that equal passages tie whatever the order in which their products are summed.
    return [round(score, 6) for score in (vectors @ asked).tolist()]
