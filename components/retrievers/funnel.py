"""Retrieval from coarse to fine: first the documents, then the chunks within them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    ComponentParameters,
    Embedder,
    FloatDomain,
    Indexes,
    IntDomain,
    Passage,
    Query,
    Retriever,
    component_parameter,
    parameter,
)

from ..indexes.bm25_index import Bm25Index, Bm25Scores
from ..indexes.embedded_chunks import ChunkVectors, EmbeddedChunks
from ..indexes.ranking import best_positions
from ..words import Language, WordAnalyser
from .chunk_passages import passages_of
from .fusion import Ranking, weighted_fusion

_DEPTH = 5  # chunks taken from each of the last two rankings, per passage wanted
_LEAST_DEPTH = 50


@dataclass(frozen=True, slots=True)
class FunnelPrepared:
    """The chunks with both indexes, and the positions of each document's chunks."""

    chunks: Chunks
    bm25: Bm25Scores
    embedded: ChunkVectors
    of_document: Mapping[str, NDArray[np.intp]]


class FunnelRetriever(Retriever):
    """Finds documents by the words of their chunks, then the best chunks within those documents.

    BM25 proposes `candidates` chunks; the documents that these speak for go on; the chunks of
    those are ranked by BM25 and vectors together, as `hybrid` ranks the chunks of all. Of use
    where chunks are small and documents speak of one thing each: the vectors, good at finding the
    place within a document, are kept from chunks alike in other documents. A question whose words
    stand in no chunk gets no passages. Where documents are hardly longer than a chunk, let through
    several times as many as passages are wanted: with five of hotpotqa_100's a tenth of the
    evidence is lost, with twenty none. Costs about as much as `hybrid`. Liu et al. 2021 (dense
    hierarchical retrieval); Zhao et al. 2024 (FunnelRAG).
    """

    name = "funnel"

    class Parameters(ComponentParameters):
        """How wide the funnel is at each step, and how its last one ranks."""

        embedder: Embedder = component_parameter("lsa", "Turns chunks and questions into vectors.")
        k: int = parameter(5, "Passages to return.", ge=1, le=1000, search=IntDomain(2, 20))
        candidates: int = parameter(
            50,
            "Chunks by which documents are found.",
            ge=1,
            le=10_000,
            search=ChoiceDomain((20, 50, 100, 200)),
        )
        documents: int = parameter(
            5, "Documents that go on.", ge=1, le=1000, search=IntDomain(1, 20)
        )
        evidence: Literal["best", "sum"] = parameter(
            "sum",
            "What speaks for a document: its best candidate's score, or the sum of them all.",
            search=ChoiceDomain(("best", "sum")),
        )
        bm25_weight: float = parameter(
            0.7,
            "Weight of BM25 within the documents; the embedder has the rest.",
            ge=0,
            le=1,
            search=FloatDomain(0.0, 1.0, 0.1),
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

    def index(self, chunks: Chunks, indexes: Indexes) -> FunnelPrepared:
        """Return the chunks with both indexes, which `bm25` and `dense` share."""
        p = self.parameters
        analyser = WordAnalyser(language=p.language, stemming=p.stemming)
        positions: dict[str, list[int]] = {}
        for position, chunk in enumerate(chunks):
            positions.setdefault(chunk.document, []).append(position)
        return FunnelPrepared(
            chunks,
            indexes.get(Bm25Index(p.k1, p.b, analyser), chunks),
            indexes.get(EmbeddedChunks(p.embedder), chunks),
            {name: np.asarray(found, dtype=np.intp) for name, found in positions.items()},
        )

    def retrieve(self, question: Query, index: FunnelPrepared) -> Sequence[Passage]:
        """Return the `k` best chunks of the best documents."""
        scores = index.bm25.scores(question.text)
        documents = self._documents(scores, index)
        if not documents:
            return []
        vector = index.embedded.embedder.embed_query(question.text)
        return self._within(documents, scores, vector, index)

    async def aretrieve(self, question: Query, index: FunnelPrepared) -> Sequence[Passage]:
        """Return the `k` best chunks of the best documents."""
        scores = index.bm25.scores(question.text)
        documents = self._documents(scores, index)
        if not documents:
            return []
        vector = await index.embedded.embedder.aembed_query(question.text)
        return self._within(documents, scores, vector, index)

    def _documents(self, scores: NDArray[np.float32], index: FunnelPrepared) -> list[str]:
        """Return the documents that go on; of equal ones those whose candidates come first."""
        p = self.parameters
        # Chunks that are read alike are one candidate.
        wanted = p.candidates * index.chunks.most_alike
        found = ((int(place), float(scores[place])) for place in best_positions(scores, wanted))
        speaking: dict[str, float] = {}
        for passage in passages_of(index.chunks, found, p.candidates):
            document, score = passage.chunk.document, passage.score
            if p.evidence == "sum":
                speaking[document] = speaking.get(document, 0.0) + score
            else:
                speaking.setdefault(document, score)
        return sorted(speaking, key=lambda document: -speaking[document])[: p.documents]

    def _within(
        self,
        documents: Sequence[str],
        scores: NDArray[np.float32],
        vector: NDArray[np.float32],
        index: FunnelPrepared,
    ) -> Sequence[Passage]:
        p = self.parameters
        depth = max(_DEPTH * p.k, _LEAST_DEPTH) * index.chunks.most_alike
        places = np.sort(np.concatenate([index.of_document[name] for name in documents]))
        hits = places[scores[places] > 0]
        rankings: list[Ranking] = [_ranking(hits, scores[hits], depth)]
        if vector.any():
            # Row by row, in this thread: equal vectors are equally near.
            cosines = np.einsum("ij,j->i", index.embedded.vectors[places], vector)
            rankings.append(_ranking(places, cosines, depth))
        weights = [p.bm25_weight, 1 - p.bm25_weight][: len(rankings)]
        return passages_of(index.chunks, weighted_fusion(rankings, weights), p.k)


def _ranking(places: NDArray[np.intp], scores: NDArray[np.float32], depth: int) -> Ranking:
    """Return the `depth` best places with their scores; equal ones in the order of the chunks."""
    order = np.argsort(-scores, kind="stable")[:depth]
    return list(zip(places[order].tolist(), scores[order].tolist(), strict=True))
