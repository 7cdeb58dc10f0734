"""Latent semantic analysis: vectors from which words stand together in the documents."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from syftr_like.contracts import (
    ChoiceDomain,
    ComponentParameters,
    Embedder,
    FittedEmbedder,
    IntDomain,
    parameter,
)
from syftr_like.contracts.formats import array_file, array_values, json_file, json_value

from ..words import Language, WordAnalyser

if TYPE_CHECKING:
    Vectors = NDArray[np.float32]

_WORDS = "words.json.gz"
_VECTORS = "vectors.npz"


class Lsa(Embedder):
    """Learns vectors from the documents themselves; needs no model and no network.

    Words that stand in the same chunks get similar vectors, so that a chunk can be found by a
    related word. TF-IDF weights (logarithmic term frequency), then the leading singular vectors
    (Deerwester et al. 1990; Halko et al. 2011 for the decomposition). A small corpus has fewer
    directions than `dimensions`: then there are as many as its rank allows.
    """

    name = "lsa"

    class Parameters(ComponentParameters):
        """Size of the vectors, and what counts as a word."""

        dimensions: int = parameter(
            256, "Length of the vectors.", ge=2, le=2048, search=IntDomain(64, 512, log=True)
        )
        min_chunks: int = parameter(
            1, "Words in fewer chunks than this are left out.", ge=1, le=100
        )
        stemming: bool = parameter(
            True, "Match words by their stem.", search=ChoiceDomain((True, False))
        )
        language: Language = parameter("english", "Language of the stemmer and the stop words.")

    parameters: Parameters

    def fit(self, texts: Sequence[str]) -> FittedLsa:
        """Learn the vectors of the words in `texts`."""
        p = self.parameters
        return FittedLsa(
            self._analyser, *_word_vectors(self._analyser, texts, p.dimensions, p.min_chunks)
        )

    def load(self, files: Mapping[str, bytes]) -> FittedLsa:
        """Return the vectors of the words that were learned."""
        words = json_value(files[_WORDS])
        vectors = array_values(files[_VECTORS])["vectors"]
        return FittedLsa(self._analyser, {word: row for row, word in enumerate(words)}, vectors)

    @property
    def _analyser(self) -> WordAnalyser:
        return WordAnalyser(language=self.parameters.language, stemming=self.parameters.stemming)


class FittedLsa(FittedEmbedder):
    """Word vectors; a text's vector is the weighted sum of its words', of unit length.

    A text without a known word has the zero vector.

    Args:
        analyser: What counts as the same word.
        vocabulary: The row of each word, in the order of the rows.
        vectors: The words' vectors, (words, dimensions).
    """

    def __init__(
        self, analyser: WordAnalyser, vocabulary: Mapping[str, int], vectors: Vectors
    ) -> None:
        self._analyser = analyser
        self._vocabulary = vocabulary
        self._vectors = vectors

    def dump(self) -> dict[str, bytes]:
        """Return the words and their vectors."""
        return {
            _WORDS: json_file(list(self._vocabulary)),
            _VECTORS: array_file(vectors=self._vectors),
        }

    @property
    def dimensions(self) -> int:
        """Length of each vector; less than asked where the corpus has a lower rank."""
        return int(self._vectors.shape[1])

    def embed_documents(self, texts: Sequence[str]) -> Vectors:
        """Return an array of shape (len(texts), dimensions)."""
        vectors = np.zeros((len(texts), self.dimensions), dtype=np.float32)
        for row, text in enumerate(texts):
            vectors[row] = self.embed_query(text)
        return vectors

    def embed_query(self, text: str) -> Vectors:
        """Return an array of shape (dimensions,)."""
        counts: dict[int, int] = {}
        for word in self._analyser.words(text):
            column = self._vocabulary.get(word)
            if column is not None:
                counts[column] = counts.get(column, 0) + 1
        if not counts:
            return np.zeros(self.dimensions, dtype=np.float32)
        weights = 1 + np.log(np.fromiter(counts.values(), dtype=np.float32, count=len(counts)))
        vector: Vectors = weights @ self._vectors[list(counts)]
        length = float(np.linalg.norm(vector))
        return vector / np.float32(length) if length > 0 else vector


def _word_vectors(
    analyser: WordAnalyser, texts: Sequence[str], dimensions: int, min_chunks: int
) -> tuple[dict[str, int], Vectors]:
    """Return the row of each word, and the words' vectors with their idf, (words, dimensions)."""
    # Imported here: scikit-learn takes a second, and the catalogue is listed more often.
    from sklearn.feature_extraction.text import TfidfVectorizer
    from sklearn.utils.extmath import randomized_svd
    from threadpoolctl import threadpool_limits

    analysed = [analyser.words(text) for text in texts]
    chunks_with = Counter(word for words in analysed for word in set(words))
    kept = sorted(word for word, count in chunks_with.items() if count >= min_chunks)
    if not kept:
        return {}, np.zeros((0, 1), dtype=np.float32)
    tfidf = TfidfVectorizer(analyzer=_as_is, vocabulary=kept, sublinear_tf=True, dtype=np.float32)
    weighted = tfidf.fit_transform(analysed)
    # One thread: the same vectors on a machine with any number of cores.
    with threadpool_limits(limits=1):
        _, strengths, directions = randomized_svd(
            weighted, n_components=min(dimensions, *weighted.shape), n_iter=4, random_state=0
        )
    # Directions of no strength are rounding noise, as where chunks repeat each other.
    directions = directions[strengths > 1e-5 * strengths[0]]
    vectors: Vectors = np.ascontiguousarray(
        tfidf.idf_[:, np.newaxis] * directions.T, dtype=np.float32
    )
    return {word: row for row, word in enumerate(kept)}, vectors


def _as_is(words: list[str]) -> list[str]:
    return words
