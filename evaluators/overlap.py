"""The two word-overlap metrics of the SQuAD evaluation."""

from __future__ import annotations

from syftr_like.contracts import Question

from .answers import AnswerQuality
from .text.overlap import exact_match, token_f1


class ExactMatch(AnswerQuality):
    """Share of questions answered in the words of a reference answer (SQuAD exact match).

    It undercounts answers in full sentences: prefer `answer_match` for language models.
    """

    name = "exact_match"
    standard = True

    def compare(self, question: Question, answer: str) -> float:
        """Return 1 when the answer equals a reference after SQuAD normalisation."""
        return float(exact_match(answer, question.answers))


class TokenF1(AnswerQuality):
    """Mean overlap of the answer's words with the nearest reference answer (SQuAD F1)."""

    name = "token_f1"
    standard = True

    def compare(self, question: Question, answer: str) -> float:
        """Return the best token F1 against any reference."""
        return token_f1(answer, question.answers)
