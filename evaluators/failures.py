"""How often a flow fails."""

from __future__ import annotations

from syftr_like.contracts import Direction, Evaluator, Outcome, Question


class FailureRate(Evaluator):
    """Share of questions on which the flow failed: exception, timeout or unusable output."""

    name = "failure_rate"
    direction = Direction.MINIMIZE
    worst = None
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return 1 for a failure, else 0."""
        return float(outcome.failed)
