"""Leaving chunks out of the index that are worth little."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, Literal

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    ChunkTransform,
    ComponentParameters,
    Documents,
    FloatDomain,
    Indexes,
    parameter,
)

from ..indexes.word_statistics import WordStatistics, WordStatisticsIndex, word_statistics
from ..reading import split_sentences
from ..words import Language, WordAnalyser

REPEATED_IN = 3
"""Documents in which a sentence must stand to be boilerplate."""


class PruneChunks(ChunkTransform):
    """Leaves the chunks out that say least, and keeps a stated share.

    Menus, footers, lists of links and fragments are found by mistake and never answer. A chunk is
    worth the product of how rare its words are (mean inverse document frequency, stop words
    included), how long it is (up to the mean length), and the share of its words outside sentences
    that stand in three documents or more. The index gets smaller and faster; what is pruned cannot
    be found. Static pruning by the quality of a passage: Chang et al. 2024, whose estimate is
    learned; this one needs no model.
    """

    name = "prune_chunks"

    class Parameters(ComponentParameters):
        """How much is kept, and by what."""

        keep: float = parameter(
            0.9,
            "Share of the chunks that is kept, rounded up.",
            gt=0,
            le=1,
            search=FloatDomain(0.5, 0.95, 0.05),
        )
        by: Literal["all", "rarity", "length", "boilerplate"] = parameter(
            "all",
            "What a chunk is worth: the product of the three, or one of them.",
            search=ChoiceDomain(("all", "rarity", "length", "boilerplate")),
        )
        language: Language = parameter("english", "Language of the stemmer.")

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> WordStatistics:
        """Return how rare each word is; others that need the same share it."""
        return indexes.get(WordStatisticsIndex(self._analyser), inputs["chunks"])

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Chunks:
        """See `transform`."""
        assert isinstance(prepared, WordStatistics)
        return self._pruned(inputs["chunks"], prepared)

    def transform(self, chunks: Chunks, documents: Documents) -> Chunks:
        """Return the chunks that are kept."""
        words = (self._analyser.words(chunk.searched) for chunk in chunks)
        return self._pruned(chunks, word_statistics(words))

    @property
    def _analyser(self) -> WordAnalyser:
        return WordAnalyser(language=self.parameters.language, stopwords=False)

    def _pruned(self, chunks: Chunks, statistics: WordStatistics) -> Chunks:
        worth = self._worth(chunks, statistics)
        kept = math.ceil(self.parameters.keep * len(chunks) - 1e-9)
        best = sorted(range(len(chunks)), key=lambda position: (-worth[position], position))
        return Chunks(chunks[position] for position in sorted(best[:kept]))

    def _worth(self, chunks: Chunks, statistics: WordStatistics) -> list[float]:
        by = self.parameters.by
        worth = [1.0] * len(chunks)
        if by in ("all", "boilerplate"):
            worth = original_shares(chunks, self._analyser)
        if by in ("all", "rarity", "length"):
            for position, chunk in enumerate(chunks):
                words = self._analyser.words(chunk.searched)
                if by != "length":
                    worth[position] *= rarity(words, statistics)
                if by != "rarity":
                    worth[position] *= min(1.0, len(words) / statistics.mean_words)
        # Rounded, so that equal chunks tie whatever the order in which their words are summed.
        return [round(value, 9) for value in worth]


def rarity(words: Sequence[str], statistics: WordStatistics) -> float:
    """Return the mean inverse document frequency of words, from 0 to 1; 0 without any word."""
    if not words:
        return 0.0
    rarest = math.log(1 + (statistics.texts - 0.5) / 1.5)
    return sum(map(statistics.idf, words)) / (len(words) * rarest)


def original_shares(chunks: Chunks, analyser: WordAnalyser) -> list[float]:
    """Return for each chunk the share of its words outside sentences that many documents have."""
    sentences = [
        [
            tuple(analyser.words(chunk.searched[start:end]))
            for start, end in split_sentences(chunk.searched)
        ]
        for chunk in chunks
    ]
    standing_in: defaultdict[tuple[str, ...], set[str]] = defaultdict(set)
    for chunk, said in zip(chunks, sentences, strict=True):
        for sentence in said:
            standing_in[sentence].add(chunk.document)
    shares = []
    for said in sentences:
        words = sum(map(len, said))
        original = sum(len(s) for s in said if len(standing_in[s]) < REPEATED_IN)
        shares.append(original / words if words else 0.0)
    return shares
