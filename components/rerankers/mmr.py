"""Reranking for variety: passages that are near to the question and unlike each other."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    ChoiceDomain,
    FloatDomain,
    Passage,
    Query,
    parameter,
)

from .embedder_reranker import KnownVectors
from .embedding_reranker import EmbeddingReranker


class MaximalMarginalRelevance(EmbeddingReranker):
    """Picks passages near to the question and unlike those already picked.

    Useful after a retriever with a large `k` where chunks repeat each other (overlapping chunks,
    documents about one thing) or the answer has several parts. Where one chunk holds the answer,
    variety pushes near ones out: keep `relevance` high. By vectors it forgets what the retriever
    knew, and is no better than they are; with `nearness: scores` it keeps that. Wire `chunks` to
    it: their vectors are then those of `dense`, and a question costs one embedding, or none by
    scores. Scores are marginal relevances: `relevance` x nearness to the question - (1 -
    `relevance`) x greatest cosine with a passage picked before. Where nearness is by vectors, a
    question that has none leaves the order as it is. Carbonell & Goldstein 1998.
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
        nearness: Literal["vectors", "scores"] = parameter(
            "vectors",
            "How near a passage is to the question: the cosine of their vectors, or the score that"
            " it came with, scaled to 0..1.",
            search=ChoiceDomain(("vectors", "scores")),
        )

    parameters: Parameters

    def rerank(
        self, question: Query, passages: Sequence[Passage], known: KnownVectors | None = None
    ) -> Sequence[Passage]:
        """Return the `top` passages of greatest marginal relevance, in the order picked."""
        ready, vectors = self._vectors(self.compared(passages), known)
        if self.parameters.nearness == "scores":
            return self._picked(passages, vectors, _scaled(passages))
        asked = ready.embedder.embed_query(question.text)
        return self._picked(passages, vectors, _cosines(vectors, asked))

    async def arerank(
        self, question: Query, passages: Sequence[Passage], known: KnownVectors | None = None
    ) -> Sequence[Passage]:
        """Return the `top` passages of greatest marginal relevance, in the order picked."""
        # Embedders have no asynchronous way to embed documents; a thread keeps the loop free.
        ready, vectors = await asyncio.to_thread(self._vectors, self.compared(passages), known)
        if self.parameters.nearness == "scores":
            return self._picked(passages, vectors, _scaled(passages))
        asked = await ready.embedder.aembed_query(question.text)
        return self._picked(passages, vectors, _cosines(vectors, asked))

    def _picked(
        self,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        near: NDArray[np.float32] | None,
    ) -> list[Passage]:
        """Pick one after the other; with nothing known of nearness, the first."""
        p = self.parameters
        if near is None:
            return [Passage(passage.chunk, 0.0) for passage in passages[: p.top]]
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


def _cosines(
    vectors: NDArray[np.float32], asked: NDArray[np.float32]
) -> NDArray[np.float32] | None:
    """Return the passages' cosines with the question; None where one has no vector."""
    if not len(vectors) or not asked.any():
        return None
    # Rounded, so that equal passages tie whatever the order in which products are summed.
    return np.round(vectors @ asked, 6)


def _scaled(passages: Sequence[Passage]) -> NDArray[np.float32]:
    """Return the passages' scores, the lowest as 0 and the highest as 1; 1 where all are equal."""
    scores = np.array([passage.score for passage in passages], dtype=np.float64)
    if not len(scores):
        return np.zeros(0, dtype=np.float32)
    width = scores.max() - scores.min()
    scaled = (scores - scores.min()) / width if width > 0 else np.ones(len(scores))
    return scaled.astype(np.float32)
