"""Reranking for variety: passages that are near to the question and unlike each other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    FloatDomain,
    Passage,
    Query,
    parameter,
)

from .embedding_reranker import EmbeddingReranker, KnownVectors


class MaximalMarginalRelevance(EmbeddingReranker):
    """Picks passages near to the question and unlike those already picked.

    Useful after a retriever with a large `k` where chunks repeat each other (overlapping chunks,
    documents about one thing) or the answer has several parts. Where one chunk holds the answer,
    variety pushes near ones out: keep `relevance` high. Wire `chunks` to it: their vectors are
    then those of `dense`, and a question costs one embedding. Scores are marginal relevances:
    `relevance` x cosine with the question - (1 - `relevance`) x greatest cosine with a passage
    picked before. A question that has no vector leaves the order as it is. Carbonell & Goldstein
    1998.
    """

    name = "mmr"

    class Parameters(EmbeddingReranker.Parameters):
        """Which vectors, how many passages, and how varied they are to be."""

        relevance: float = parameter(
            0.7,
            "Weight of nearness to the question (the paper's lambda); unlikeness has the rest.",
            ge=0,
            le=1,
            search=FloatDomain(0.3, 1.0, 0.1),
        )

    parameters: Parameters

    def rerank(
        self, question: Query, passages: Sequence[Passage], known: KnownVectors | None = None
    ) -> Sequence[Passage]:
        """Return the `top` passages of greatest marginal relevance, in the order picked."""
        ready, vectors = self._vectors(passages, known)
        return self._picked(passages, vectors, ready.embedder.embed_query(question.text))

    async def arerank(
        self, question: Query, passages: Sequence[Passage], known: KnownVectors | None = None
    ) -> Sequence[Passage]:
        """Return the `top` passages of greatest marginal relevance, in the order picked."""
        # Embedders have no asynchronous way to embed documents; a thread keeps the loop free.
        ready, vectors = await asyncio.to_thread(self._vectors, passages, known)
        asked = await ready.embedder.aembed_query(question.text)
        return self._picked(passages, vectors, asked)

    def _picked(
        self,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        asked: NDArray[np.float32],
    ) -> list[Passage]:
        p = self.parameters
        if not passages or not asked.any():
            return [Passage(passage.chunk, 0.0) for passage in passages[: p.top]]
        # Rounded, so that equal passages tie whatever the order in which products are summed.
        near = np.round(vectors @ asked, 6)
        alike = np.round(vectors @ vectors.T, 6)
        # Vectors that point away from each other are no more unlike than those that share nothing;
        # so marginal relevances never rise from one pick to the next.
        closest = np.zeros(len(passages), dtype=np.float32)
        left = list(range(len(passages)))
        picked: list[Passage] = []
        while left and len(picked) < p.top:
            gains = p.relevance * near[left] - (1 - p.relevance) * closest[left]
            place = int(np.argmax(gains))  # of equal ones the first
            best = left.pop(place)
            picked.append(Passage(passages[best].chunk, float(gains[place])))
            closest = np.maximum(closest, alike[best])
        return picked
