"""Examples that a model is shown: labelled questions, chosen anew for each question."""

from __future__ import annotations

from dataclasses import dataclass

from syftr_like.contracts import Chunk, Chunks, Examples, Indexes, Query, Question

from ..indexes.bm25_index import Bm25Index, Bm25Scores
from ..prompts.template import Example
from ..words import WordAnalyser

_K1, _B = 1.2, 0.75


@dataclass(frozen=True, slots=True)
class Shots:
    """Labelled questions, and which of them share words.

    The question that is answered is never among those shown, nor one of the same words: it would
    give its own answer away.
    """

    examples: Examples
    ranking: Bm25Scores

    @classmethod
    def of(cls, examples: Examples, indexes: Indexes) -> Shots:
        """Return them ready, with an index of the questions' words."""
        questions = Chunks(Chunk(q.id, 0, len(q.question), q.question) for q in examples)
        return cls(examples, indexes.get(Bm25Index(_K1, _B, WordAnalyser()), questions))

    def nearest(self, question: Query, count: int) -> list[Example]:
        """Return the examples most alike in words, the most alike last, next to the question.

        Where too few share a word, the first of the others fill up.
        """
        ranked = [place for place, _ in self.ranking.search(question.text, len(self.examples))]
        rest = [place for place in range(len(self.examples)) if place not in set(ranked)]
        return self._shown([*ranked, *rest], question, count)[::-1]

    def first(self, question: Query, count: int) -> list[Example]:
        """Return the first examples, the same for every question but itself."""
        return self._shown(list(range(len(self.examples))), question, count)

    def _shown(self, places: list[int], question: Query, count: int) -> list[Example]:
        allowed = {q.id for q in self.examples.without(question.original)}
        left = [self.examples[place] for place in places]
        return [_example(q) for q in left if q.id in allowed][:count]


def _example(question: Question) -> Example:
    return Example(question.question, question.answers[0] if question.answers else None)
