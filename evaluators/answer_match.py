"""Whether an answer says what a reference answer says, judged without a language model."""

from __future__ import annotations

from syftr_like.contracts import Question

from .answers import AnswerQuality
from .text.answer_match import answer_match


class AnswerMatch(AnswerQuality):
    """Share of questions answered correctly, where abstaining is right if there is no answer."""

    name = "answer_match"
    standard = True

    def compare(self, question: Question, answer: str) -> float:
        """Return 1 when the answer agrees with a reference."""
        return float(answer_match(question.question, question.answers, answer))


class AnswerMatchAnswerable(AnswerMatch):
    """Share of the answerable questions answered correctly; abstaining counts as wrong.

    The counterpart for unanswerable questions is `correct_abstention_rate`.
    """

    name = "answer_match_answerable"
    standard = True

    def applies(self, question: Question) -> bool:
        """Whether the question is answerable and has reference answers."""
        return question.answerable and bool(question.answers)
