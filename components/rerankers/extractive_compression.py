"""Passages reduced to the sentences that share the question's words."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar

from syftr_like.contracts import Indexes, Input, Passage, Port, Query, Reranker, parameter

from ..indexes.word_statistics import WordStatistics, WordStatisticsIndex, word_statistics
from ..words import Language, WordAnalyser
from .compression import sentences_of
from .sentence_choice import SentenceChoiceParameters, with_best_sentences


class ExtractiveCompression(Reranker):
    """Keeps the sentences of each passage that share rare words with the question.

    Saves most of the tokens of long passages and needs no model; what a sentence refers to in the
    one before it is lost. A sentence scores the rarity of the words that it shares with the
    question. Wire `chunks` to it, by which rarity is judged; otherwise the sentences at hand are.
    Spans stay exact. The idea is RECOMP's (Xu et al. 2024), without its trained encoder.
    """

    name = "extractive_compression"
    inputs: ClassVar[Mapping[str, Input]] = {
        **Reranker.inputs,
        "chunks": Input(Port.CHUNKS, required=False),
    }

    class Parameters(SentenceChoiceParameters):
        """Which sentences are kept, and the language of the words."""

        language: Language = parameter("english", "Language of the stemmer and the stop words.")

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> WordStatistics | None:
        """Return the word statistics of the chunks, if there are chunks."""
        chunks = inputs.get("chunks")
        return None if chunks is None else indexes.get(WordStatisticsIndex(self._analyser), chunks)

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
        """Return the passages reduced to their best sentences."""
        analyser = self._analyser
        sentences = [sentences_of(passage.chunk) for passage in passages]
        words = [
            frozenset(analyser.words(passage.text[start:end]))
            for passage, spans in zip(passages, sentences, strict=True)
            for start, end in spans
        ]
        statistics = statistics or word_statistics(words)
        asked = frozenset(analyser.words(question.text))
        # Summed in a fixed order, so that the same words have the same sum.
        scores = [sum(statistics.idf(word) for word in sorted(asked & each)) for each in words]
        return with_best_sentences(passages, sentences, scores, self.parameters)

    @property
    def _analyser(self) -> WordAnalyser:
        return WordAnalyser(language=self.parameters.language)
