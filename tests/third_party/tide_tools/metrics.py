"""Metrics: a plain one, and one with a defect."""

from __future__ import annotations

from syftr_like.contracts import Direction, Evaluator, Outcome, Question


class AnswerWords(Evaluator):
    """Mean number of words in the answer; a failed question counts a hundred."""

    name = "answer_words"
    direction = Direction.MINIMIZE
    unit = "words"
    worst = 100.0
    bounds = (0.0, None)

    def score(self, question: Question, outcome: Outcome) -> float:
        """Count them."""
        return float(len(outcome.answer.text.split())) if outcome.answer else 0.0


class BrokenCost(Evaluator):
    """A metric of cost that cannot be computed, not even for a failure."""

    name = "broken_cost"
    direction = Direction.MINIMIZE
    unit = "USD"
    worst = None
    bounds = (0.0, None)

    def score(self, question: Question, outcome: Outcome) -> float:
        """Fail."""
        raise ZeroDivisionError("no price for this")
