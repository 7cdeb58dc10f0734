"""BM25 over chunks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from bm25s import BM25
from numpy.typing import NDArray

from syftr_like.contracts import Chunks, Index, Indexes
from syftr_like.contracts.formats import array_file, array_values, json_file, json_value

from ..words import WordAnalyser
from .ranking import best_positions

_ARRAYS = ("data", "indices", "indptr")


class Bm25Scores:
    """A built BM25 index: scores of all chunks for a question.

    Args:
        analyser: What counts as the same word.
        vocabulary: The words, each with its number.
        bm25: The scores of each word in each chunk; None without any word.
        count: Number of chunks.
    """

    def __init__(
        self, analyser: WordAnalyser, vocabulary: Mapping[str, int], bm25: BM25 | None, count: int
    ) -> None:
        self._analyser = analyser
        self._vocabulary = vocabulary
        self._bm25 = bm25
        self._count = count

    def dump(self) -> dict[str, bytes]:
        """Return the index as files."""
        files = {"vocabulary.json.gz": json_file(list(self._vocabulary))}
        if self._bm25 is not None:
            arrays = {name: self._bm25.scores[name] for name in _ARRAYS}
            files["scores.npz"] = array_file(**arrays)
        return files

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
        vocabulary: dict[str, int] = {}
        ids = [
            [
                vocabulary.setdefault(word, len(vocabulary))
                for word in self.analyser.words(c.searched)
            ]
            for c in chunks
        ]
        bm25 = self._empty() if vocabulary else None
        if bm25 is not None:
            bm25.index((ids, vocabulary), create_empty_token=False, show_progress=False)
        return Bm25Scores(self.analyser, vocabulary, bm25, len(chunks))

    def dump(self, built: Bm25Scores) -> dict[str, bytes]:
        """Return the words, and the scores as a sparse matrix in compressed columns."""
        return built.dump()

    def load(self, files: Mapping[str, bytes], chunks: Chunks, indexes: Indexes) -> Bm25Scores:
        """Return the index from its files."""
        words = json_value(files["vocabulary.json.gz"])
        bm25 = self._empty() if words else None
        if bm25 is not None:
            bm25.scores = {**array_values(files["scores.npz"]), "num_docs": len(chunks)}
            bm25.nonoccurrence_array = None  # Lucene's variant scores no word that is missing
        vocabulary = {word: number for number, word in enumerate(words)}
        return Bm25Scores(self.analyser, vocabulary, bm25, len(chunks))

    def _empty(self) -> BM25:
        return BM25(k1=self.k1, b=self.b, method="lucene", backend="numpy")
