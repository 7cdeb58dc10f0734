"""Reranking by shared words and by how closely they stand together."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, ClassVar

from syftr_like.contracts import (
    ChoiceDomain,
    ComponentParameters,
    FloatDomain,
    Indexes,
    Input,
    IntDomain,
    Passage,
    Port,
    Query,
    Reranker,
    parameter,
)

from ..indexes.word_statistics import WordStatistics, WordStatisticsIndex, word_statistics
from ..words import Language, WordAnalyser
from .order import reordered

_K1 = 1.2
_B = 0.75


class LexicalReranker(Reranker):
    """Puts passages first in which the question's rare words stand close together.

    BM25 with term proximity (Buettcher, Clarke & Lushman 2006). Needs no model; useful after
    `dense`, whose first passages are near in topic but may miss the words asked for: on `nq_open`
    it lifts the share of questions whose evidence comes first from .467 to .723 after `lsa`.

    Wire `chunks` to it: a word's rarity is then taken from all chunks. Otherwise it is taken from
    the passages at hand, which hides what they have in common (.657 in the same measurement, and
    worse than no reranking after `bm25`).
    """

    name = "lexical_reranker"
    inputs: ClassVar[Mapping[str, Input]] = {
        **Reranker.inputs,
        "chunks": Input(Port.CHUNKS, required=False),
    }

    class Parameters(ComponentParameters):
        """How many passages are kept, and how they are scored."""

        top: int = parameter(5, "Passages to keep.", ge=1, le=1000, search=IntDomain(1, 8))
        proximity: float = parameter(
            0.5,
            "How much closeness of words counts beside their presence; 0 ignores it.",
            ge=0,
            le=10,
            search=FloatDomain(0.0, 2.0, 0.5),
        )
        stemming: bool = parameter(
            True, "Match words by their stem.", search=ChoiceDomain((True, False))
        )
        language: Language = parameter("english", "Language of the stemmer and the stop words.")

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> WordStatistics | None:
        """Return the word statistics of the chunks, if there are chunks.

        What earlier flows reranked is forgotten: a flow must not be the quicker for them.
        """
        _words.cache_clear()
        chunks = inputs.get("chunks")
        if chunks is None:
            return None
        return indexes.get(WordStatisticsIndex(self._analyser), chunks)

    def run(self, inputs: Mapping[str, Any], prepared: object) -> tuple[Passage, ...]:
        """See `rerank`."""
        statistics = prepared if isinstance(prepared, WordStatistics) else None
        return tuple(self.rerank(inputs["question"], inputs["passages"], statistics))

    def rerank(
        self,
        question: Query,
        passages: Sequence[Passage],
        statistics: WordStatistics | None = None,
    ) -> Sequence[Passage]:
        """Return the `top` best passages."""
        analyser = self._analyser
        words = [_words(analyser, passage.text) for passage in passages]
        statistics = statistics or word_statistics(words)
        asked = {word: statistics.idf(word) for word in analyser.words(question.text)}
        scores = [
            _score(text, asked, statistics.mean_words, self.parameters.proximity) for text in words
        ]
        return reordered(passages, scores, self.parameters.top)

    @property
    def _analyser(self) -> WordAnalyser:
        return WordAnalyser(language=self.parameters.language, stemming=self.parameters.stemming)


@lru_cache(maxsize=4096)
def _words(analyser: WordAnalyser, text: str) -> tuple[str, ...]:
    return tuple(analyser.words(text))


def _score(
    words: Sequence[str], asked: Mapping[str, float], mean_words: float, proximity: float
) -> float:
    """Score one passage: BM25 of the shared words, plus BM25 of their closeness."""
    found = [(place, word) for place, word in enumerate(words) if word in asked]
    counts: dict[str, int] = {}
    near: dict[str, float] = {}
    last_place, last_word = 0, ""
    for place, word in found:
        counts[word] = counts.get(word, 0) + 1
        if last_word and last_word != word:
            closeness = (place - last_place) ** -2
            near[word] = near.get(word, 0.0) + asked[last_word] * closeness
            near[last_word] = near.get(last_word, 0.0) + asked[word] * closeness
        last_place, last_word = place, word
    length = _K1 * (1 - _B + _B * len(words) / mean_words)
    shared = sum(asked[word] * n / (n + length) for word, n in counts.items())
    close = sum(min(1.0, asked[word]) * n / (n + length) for word, n in near.items())
    return shared + proximity * close
