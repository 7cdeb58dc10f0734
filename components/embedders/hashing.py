"""Feature hashing: vectors from the words and the letters of a text, with nothing learned."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    ChoiceDomain,
    ComponentParameters,
    Embedder,
    FittedEmbedder,
    FloatDomain,
    IntDomain,
    parameter,
)

from ..words import Language, WordAnalyser

if TYPE_CHECKING:
    Vectors = NDArray[np.float32]

_SHORTEST = 3
_BATCH = 512  # texts at a time, so that what is in memory beside the vectors is bounded


class Hashing(Embedder):
    """Hashes words and the letters in them into vectors; nothing is learned from the documents.

    Finds misspelt, compound and inflected words by the letters that they share, and a vector stays
    what it is when documents are added. It knows of no word how rare it is or what it means. On
    squad2 and hotpotqa_100 it finds about as much as `lsa`, for four times the CPU time per
    question. Each word, and each run of letters within one, adds to or takes from one dimension
    (Weinberger et al. 2009); runs are marked where a word begins or ends (Bojanowski et al. 2017).
    """

    name = "hashing"

    class Parameters(ComponentParameters):
        """Size of the vectors, and what is hashed into them."""

        dimensions: int = parameter(
            1024,
            "Length of the vectors; the shorter, the more words share a dimension.",
            ge=16,
            le=65_536,
            search=ChoiceDomain((256, 512, 1024, 2048)),
        )
        letters: float = parameter(
            0.3,
            "Share of runs of letters in a cosine; words have the rest.",
            ge=0,
            le=1,
            search=FloatDomain(0.0, 0.8, 0.1),
        )
        longest: int = parameter(
            4,
            "Letters in the longest runs; the shortest have 3.",
            ge=_SHORTEST,
            le=8,
            search=IntDomain(3, 6),
        )
        stemming: bool = parameter(
            True, "Hash words by their stem.", search=ChoiceDomain((True, False))
        )
        language: Language = parameter("english", "Language of the stemmer and the stop words.")

    parameters: Parameters

    def fit(self, texts: Sequence[str]) -> FittedHashing:
        """Return the embedder; the texts are not looked at."""
        return FittedHashing(self.parameters)

    def load(self, files: Mapping[str, bytes]) -> FittedHashing:
        """Return the embedder; there are no files."""
        return FittedHashing(self.parameters)


class FittedHashing(FittedEmbedder):
    """Vectors of words and of letters, each of unit length, joined by their shares.

    A text without words other than stop words has the zero vector.
    """

    def __init__(self, parameters: Hashing.Parameters) -> None:
        # Imported here: scikit-learn takes a second, and the catalogue is listed more often.
        from sklearn.feature_extraction import FeatureHasher

        p = parameters
        self._parameters = p
        self._hasher: Any = FeatureHasher(p.dimensions, input_type="pair", dtype=np.float32)
        self._words = WordAnalyser(language=p.language, stemming=p.stemming)
        self._letters = WordAnalyser(language=p.language, stemming=False)

    def dump(self) -> dict[str, bytes]:
        """Return no files: nothing was learned."""
        return {}

    @property
    def dimensions(self) -> int:
        """Length of each vector."""
        return self._parameters.dimensions

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimensions)."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for first in range(0, len(texts), _BATCH):
            vectors[first : first + _BATCH] = self._embedded(texts[first : first + _BATCH])
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,)."""
        vector: Vectors = self._embedded([text])[0]
        return vector

    def _embedded(self, texts: Sequence[str]) -> Vectors:
        p = self._parameters
        joined = np.zeros((len(texts), p.dimensions), dtype=np.float32)
        if p.letters < 1:
            words = [self._words.words(text) for text in texts]
            joined += np.sqrt(1 - p.letters) * self._hashed(words)
        if p.letters > 0:
            runs = [list(self._runs(text)) for text in texts]
            joined += np.sqrt(p.letters) * self._hashed(runs)
        return _unit(joined)

    def _hashed(self, features: Sequence[Sequence[str]]) -> Vectors:
        counts = (
            [(feature, 1 + np.log(count)) for feature, count in Counter(found).items()]
            for found in features
        )
        hashed: Vectors = self._hasher.transform(counts).toarray()
        return _unit(hashed)

    def _runs(self, text: str) -> Iterator[str]:
        for word in self._letters.words(text):
            marked = f"<{word}>"
            for length in range(_SHORTEST, self._parameters.longest + 1):
                for first in range(len(marked) - length + 1):
                    yield "~" + marked[first : first + length]  # not the word of these letters


def _unit(vectors: Vectors) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
