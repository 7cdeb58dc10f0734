"""How rare each word is among chunks."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from syftr_like.contracts import Chunks, Index, Indexes
from syftr_like.contracts.formats import json_file, json_value

from ..words import WordAnalyser

_FILE = "counts.json.gz"


@dataclass(frozen=True, slots=True)
class WordStatistics:
    """Counts over a collection of texts.

    Attributes:
        texts: How many texts there are.
        mean_words: Mean number of words in a text, at least 1.
        texts_with: In how many texts each word stands.
    """

    texts: int
    mean_words: float
    texts_with: Mapping[str, int]

    def idf(self, word: str) -> float:
        """Return the inverse document frequency of a word; above zero, also for unknown ones."""
        found = self.texts_with.get(word, 0)
        return math.log(1 + (self.texts - found + 0.5) / (found + 0.5))


def word_statistics(texts: Iterable[Iterable[str]]) -> WordStatistics:
    """Count over texts given as their words."""
    count, words = 0, 0
    texts_with: Counter[str] = Counter()
    for text in texts:
        listed = list(text)
        count += 1
        words += len(listed)
        texts_with.update(set(listed))
    return WordStatistics(count, max(1.0, words / max(1, count)), texts_with)


@dataclass(frozen=True)
class WordStatisticsIndex(Index[WordStatistics]):
    """Recipe of the word statistics of chunks."""

    name: ClassVar[str] = "word_statistics"

    analyser: WordAnalyser

    def build(self, chunks: Chunks, indexes: Indexes) -> WordStatistics:
        """Count."""
        return word_statistics(self.analyser.words(chunk.searched) for chunk in chunks)

    def dump(self, built: WordStatistics) -> dict[str, bytes]:
        """Return the counts."""
        counts = {
            "texts": built.texts,
            "mean_words": built.mean_words,
            "texts_with": dict(built.texts_with),
        }
        return {_FILE: json_file(counts)}

    def load(self, files: Mapping[str, bytes], chunks: Chunks, indexes: Indexes) -> WordStatistics:
        """Return the counts from their file."""
        return WordStatistics(**json_value(files[_FILE]))
