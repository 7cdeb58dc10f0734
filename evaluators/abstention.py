"""How often a flow declines to answer, and whether it is right to."""

from __future__ import annotations

from syftr_like.contracts import Direction, Evaluator, Outcome, Question


class AbstentionRate(Evaluator):
    """Share of all questions that got no answer: the flow abstained or failed."""

    name = "abstention_rate"
    direction = Direction.MINIMIZE
    worst = 1.0
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return 1 when there is no answer, else 0."""
        return float(outcome.answer is None or outcome.answer.abstained)


class FalseAbstentionRate(AbstentionRate):
    """Share of the answerable questions that got no answer: the flow abstained or failed."""

    name = "false_abstention_rate"
    standard = True

    def applies(self, question: Question) -> bool:
        """Whether the question is answerable."""
        return question.answerable


class CorrectAbstentionRate(Evaluator):
    """Share of the unanswerable questions that the flow declined to answer.

    It equals `answer_match` over the unanswerable questions. A failure is no abstention.
    """

    name = "correct_abstention_rate"
    direction = Direction.MAXIMIZE
    standard = True

    def applies(self, question: Question) -> bool:
        """Whether the question is not answerable."""
        return not question.answerable

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return 1 when the flow abstained, else 0."""
        return float(outcome.answer is not None and outcome.answer.abstained)
