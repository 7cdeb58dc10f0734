"""BM25 over chunks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from bm25s import BM25
from numpy.typing import NDArray

from syftr_like.contracts import Chunks, Index, Indexes

from ..words import WordAnalyser
from .ranking import best_positions


class Bm25Scores:
    """A built BM25 index: scores of all chunks for a question."""

    def __init__(self, analyser: WordAnalyser, chunks: Chunks, k1: float, b: float) -> None:
        self._analyser = analyser
        self._count = len(chunks)
        self._vocabulary: dict[str, int] = {}
        ids = [self._learn(analyser.words(chunk.text)) for chunk in chunks]
        self._bm25: BM25 | None = None
        if self._vocabulary:
            self._bm25 = BM25(k1=k1, b=b, method="lucene", backend="numpy")
            self._bm25.index((ids, self._vocabulary), create_empty_token=False, show_progress=False)

    def scores(self, question: str) -> NDArray[np.float32]:
        """Return the score of every chunk, shape (chunks,); 0 where no word is shared."""
        ids = [
            self._vocabulary[word]
            for word in self._analyser.words(question)
            if word in self._vocabulary
        ]
        if self._bm25 is None or not ids:
            return np.zeros(self._count, dtype=np.float32)
        # `BM25.retrieve` sets up progress bars and threads for each call; this does not.
        found: NDArray[np.float32] = self._bm25.get_scores_from_ids(ids)
        return found

    def search(self, question: str, k: int) -> list[tuple[int, float]]:
        """Return up to `k` chunks (position, score) that share a word with the question."""
        scores = self.scores(question)
        return [(int(p), float(scores[p])) for p in best_positions(scores, k)]

    def _learn(self, words: list[str]) -> list[int]:
        known = self._vocabulary
        return [known.setdefault(word, len(known)) for word in words]


@dataclass(frozen=True)
class Bm25Index(Index[Bm25Scores]):
    """Recipe of a BM25 index (Robertson & Zaragoza 2009), with Lucene's inverse document frequency.

    That frequency is never negative, so that a score of zero means that no word is shared.
    """

    name: ClassVar[str] = "bm25"

    k1: float
    b: float
    analyser: WordAnalyser

    def build(self, chunks: Chunks, indexes: Indexes) -> Bm25Scores:
        """Index the chunks' texts."""
        return Bm25Scores(self.analyser, chunks, self.k1, self.b)
