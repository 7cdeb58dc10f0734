"""What metrics of the answer share: when they apply, and what an abstention scores."""

from __future__ import annotations

from abc import abstractmethod

from syftr_like.contracts import Direction, Evaluator, Outcome, Question


class AnswerQuality(Evaluator):
    """Base of the metrics that compare an answer with the reference answers.

    A question without an answer in the documents scores 1 when the flow abstained, else 0. An
    answerable one scores 0 when the flow abstained. An outcome without an answer, as of a flow
    that ends in passages, scores 0.

    It applies to answerable questions with reference answers and to unanswerable questions.
    """

    direction = Direction.MAXIMIZE

    def applies(self, question: Question) -> bool:
        """Whether there is something to compare the answer with."""
        return bool(question.answers) or not question.answerable

    @abstractmethod
    def compare(self, question: Question, answer: str) -> float:
        """Return the score in [0, 1] of an answer that was given to an answerable question."""

    def score(self, question: Question, outcome: Outcome) -> float:
        """See the class."""
        answer = outcome.answer
        if answer is None:
            return 0.0
        if not question.answerable:
            return float(answer.abstained)
        return 0.0 if answer.abstained else float(self.compare(question, answer.text))
