"""The question reduced to its content words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, ClassVar

from bm25s.stopwords import STOPWORDS_EN_PLUS

from syftr_like.contracts import (
    ChoiceDomain,
    ComponentParameters,
    Indexes,
    Input,
    IntDomain,
    Port,
    Query,
    QueryTransform,
    parameter,
)

from ..indexes.word_statistics import WordStatistics, WordStatisticsIndex
from ..words import Language, WordAnalyser
from .asked_transform import with_alternatives

_WORD = re.compile(r"[^\W_]+(?:['\u2019.-][^\W_]+)*")
_FUNCTION_WORDS = frozenset({*STOPWORDS_EN_PLUS, "would", "could", "must", "shall", "may", "might"})


class KeywordQuery(QueryTransform):
    """Searches for a few content words of the question: the rarest in `chunks`, or else the first.

    Needs no model. Long questions bring words into a search that are everywhere, such as `give`
    and `explain`; the fewer words, the sharper the search of `bm25`, and the less an embedder has
    to go by. Where `chunks` stand in the node's `from`, the words that the fewest chunks hold are
    kept, and of those that none holds only what fills up; without them nothing is known of rarity,
    and the question's first words are kept. In both cases they stay in the question's order.
    """

    name = "keyword_query"
    inputs: ClassVar[Mapping[str, Input]] = {
        **QueryTransform.inputs,
        "chunks": Input(Port.CHUNKS, required=False),
    }

    class Parameters(ComponentParameters):
        """How many words, of which language."""

        words: int = parameter(8, "Words to keep at most.", ge=1, le=100, search=IntDomain(3, 12))
        keep_question: bool = parameter(
            False, "Search for the question as well.", search=ChoiceDomain((True, False))
        )
        language: Language = parameter("english", "Language of the stop words and the stemmer.")

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> WordStatistics | None:
        """Return the word statistics of the chunks, if there are chunks."""
        chunks = inputs.get("chunks")
        if chunks is None:
            return None
        analyser = WordAnalyser(language=self.parameters.language)
        return indexes.get(WordStatisticsIndex(analyser), chunks)

    def run(self, inputs: Mapping[str, Any], prepared: object) -> Query:
        """See `transform`."""
        statistics = prepared if isinstance(prepared, WordStatistics) else None
        return self.transform(inputs["question"], statistics)

    def transform(self, question: Query, statistics: WordStatistics | None = None) -> Query:
        """Return content words of the question, in its order; a question without any stays.

        Args:
            question: The question.
            statistics: How many chunks hold which word: the rarest words are kept. The first
                where it is None.
        """
        found = self._content_words(question.text)
        if statistics is not None:
            analyser = WordAnalyser(language=self.parameters.language)
            rarity = {word: _rarity(word, analyser, statistics) for word in found}
            kept = set(sorted(found, key=lambda word: -rarity[word])[: self.parameters.words])
            found = [word for word in found if word in kept]
        text = " ".join(found[: self.parameters.words])
        if not text:
            return question
        if self.parameters.keep_question:
            return with_alternatives(question, [text])
        return Query(text, question.alternatives)

    def _content_words(self, text: str) -> list[str]:
        """Return the words as they are written, each once."""
        analyser = WordAnalyser(language=self.parameters.language, stemming=False)
        left_out = _FUNCTION_WORDS if self.parameters.language == "english" else frozenset[str]()
        words: dict[str, str] = {}
        for word in _WORD.findall(text):
            if analyser.words(word) and word.lower().replace("\u2019", "'") not in left_out:
                words.setdefault(word.lower(), word)
        return list(words.values())


def _rarity(word: str, analyser: WordAnalyser, statistics: WordStatistics) -> float:
    """Return the rarity of the rarest part that is known; words in no chunk find nothing."""
    known = [part for part in analyser.words(word) if part in statistics.texts_with]
    return max((statistics.idf(part) for part in known), default=0.0)
