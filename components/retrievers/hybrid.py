"""Retrieval by words and by vectors together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    FloatDomain,
    Indexes,
    IntDomain,
    Passage,
    Query,
    Retriever,
    parameter,
)

from ..indexes.bm25_index import Bm25Index, Bm25Scores
from ..indexes.vector_index import VectorSearch
from ..words import Language, WordAnalyser
from .chunk_passages import passages_of
from .fusion import Normalisation, reciprocal_rank_fusion, weighted_fusion
from .vector_parameters import VectorParameters

_DEPTH = 5  # candidates asked of each ranking, per passage wanted
_LEAST_DEPTH = 50


@dataclass(frozen=True, slots=True)
class HybridPrepared:
    """The chunks with both indexes."""

    chunks: Chunks
    bm25: Bm25Scores
    vectors: VectorSearch


class HybridRetriever(Retriever):
    """Joins the rankings of BM25 and of an embedder.

    Each is asked for five times `k` chunks, at least 50. `rrf` looks at ranks only (Cormack et
    al. 2009); `weighted` at scores, which are scaled among the candidates of each: by their range
    (`min_max`), by their standard deviation (`z_score`), or by three of those around their mean
    (`distribution_based`, Mazzeschi 2023). At `bm25_weight` 1 or 0 the order is that of BM25 or of
    the embedder alone. The vectors' index is one of those of `dense`.
    """

    name = "hybrid"

    class Parameters(VectorParameters):
        """The vectors, the fusion, and how many passages."""

        k: int = parameter(5, "Passages to return.", ge=1, le=1000, search=IntDomain(2, 20))
        fusion: Literal["rrf", "weighted"] = parameter(
            "weighted",
            "How the rankings are joined: by ranks, or by weighted scores.",
            search=ChoiceDomain(("rrf", "weighted")),
        )
        bm25_weight: float = parameter(
            0.7,
            "Weight of BM25; the embedder has the rest.",
            ge=0,
            le=1,
            search=FloatDomain(0.1, 0.9, 0.05),
            when={"fusion": ("weighted",)},
        )
        normalisation: Normalisation = parameter(
            "min_max",
            "How the scores of each ranking are scaled.",
            search=ChoiceDomain(("min_max", "z_score", "distribution_based")),
            when={"fusion": ("weighted",)},
        )
        rrf_constant: float = parameter(
            60.0,
            "Added to each rank; the greater, the less the first ranks stand out.",
            ge=0,
            le=1000,
            search=ChoiceDomain((10.0, 30.0, 60.0)),
            when={"fusion": ("rrf",)},
        )
        k1: float = parameter(1.2, "BM25: how much a word's repetition counts.", ge=0, le=10)
        b: float = parameter(0.75, "BM25: how much long chunks are marked down.", ge=0, le=1)
        stemming: bool = parameter(True, "BM25: match words by their stem.")
        language: Language = parameter(
            "english", "BM25: language of the stemmer and the stop words."
        )

    parameters: Parameters

    @property
    def asynchronous(self) -> bool:
        """Whether the embedder waits for a network."""
        return self.parameters.embedder.asynchronous

    def index(self, chunks: Chunks, indexes: Indexes) -> HybridPrepared:
        """Return the chunks with both indexes, which `bm25` and `dense` share."""
        p = self.parameters
        analyser = WordAnalyser(language=p.language, stemming=p.stemming)
        return HybridPrepared(
            chunks,
            indexes.get(Bm25Index(p.k1, p.b, analyser), chunks),
            p.vectors(chunks, indexes),
        )

    def retrieve(self, question: Query, index: HybridPrepared) -> Sequence[Passage]:
        """Return the `k` best chunks of the joined ranking."""
        vector = index.vectors.embedder.embed_query(question.text)
        return self._join(question, vector, index)

    async def aretrieve(self, question: Query, index: HybridPrepared) -> Sequence[Passage]:
        """Return the `k` best chunks of the joined ranking."""
        vector = await index.vectors.embedder.aembed_query(question.text)
        return self._join(question, vector, index)

    def _join(
        self, question: Query, vector: NDArray[np.float32], index: HybridPrepared
    ) -> Sequence[Passage]:
        p = self.parameters
        depth = max(_DEPTH * p.k, _LEAST_DEPTH) * index.chunks.most_alike
        rankings = [index.bm25.search(question.text, depth), index.vectors.search(vector, depth)]
        if p.fusion == "rrf":
            joined = reciprocal_rank_fusion(rankings, p.rrf_constant)
        else:
            weights = [p.bm25_weight, 1 - p.bm25_weight]
            joined = weighted_fusion(rankings, weights, p.normalisation)
        return passages_of(index.chunks, joined, p.k)
