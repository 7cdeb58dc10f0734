"""Retrieval by the words that question and chunk share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    ComponentParameters,
    FloatDomain,
    Indexes,
    IntDomain,
    Passage,
    Query,
    Retriever,
    parameter,
)

from ..indexes.bm25_index import Bm25Index, Bm25Scores
from ..words import Language, WordAnalyser
from .chunk_passages import candidates, passages_of


@dataclass(frozen=True, slots=True)
class Bm25Prepared:
    """The chunks and their scores."""

    chunks: Chunks
    bm25: Bm25Scores


class Bm25Retriever(Retriever):
    """Finds chunks that share rare words with the question (BM25).

    Strong where questions and documents use the same words, names and numbers; needs no model
    and answers within a millisecond. A chunk that shares no word with the question is no hit, so
    that a question without a known word gets no passages. Robertson & Zaragoza 2009.
    """

    name = "bm25"

    class Parameters(ComponentParameters):
        """How many passages, and how words are weighted."""

        k: int = parameter(5, "Passages to return.", ge=1, le=1000, search=IntDomain(2, 20))
        k1: float = parameter(
            1.2,
            "How much a word's repetition counts; 0 ignores it.",
            ge=0,
            le=10,
            search=FloatDomain(0.5, 2.0, 0.1),
        )
        b: float = parameter(
            0.75,
            "How much long chunks are marked down; 0 ignores length.",
            ge=0,
            le=1,
            search=FloatDomain(0.0, 1.0, 0.05),
        )
        stemming: bool = parameter(
            True, "Match words by their stem.", search=ChoiceDomain((True, False))
        )
        language: Language = parameter("english", "Language of the stemmer and the stop words.")

    parameters: Parameters

    def index(self, chunks: Chunks, indexes: Indexes) -> Bm25Prepared:
        """Return the chunks with their BM25 index."""
        p = self.parameters
        analyser = WordAnalyser(language=p.language, stemming=p.stemming)
        return Bm25Prepared(chunks, indexes.get(Bm25Index(p.k1, p.b, analyser), chunks))

    def retrieve(self, question: Query, index: Bm25Prepared) -> Sequence[Passage]:
        """Return up to `k` chunks that share a word with the question."""
        k = self.parameters.k
        found = index.bm25.search(question.text, candidates(index.chunks, k))
        return passages_of(index.chunks, found, k)
