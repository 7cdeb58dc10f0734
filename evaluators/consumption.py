"""What a question consumes: money, CPU time, tokens. A failure counts what it consumed."""

from __future__ import annotations

from syftr_like.contracts import Direction, Evaluator, Outcome, Question
from syftr_like.contracts.tokens import count_tokens


class Consumption(Evaluator):
    """Base of the metrics of consumption at query time."""

    direction = Direction.MINIMIZE
    worst = None
    bounds = (0.0, None)


class UsdPer1kQuestions(Consumption):
    """US dollars per thousand questions, in production: model calls, and CPU time at its rate."""

    name = "usd_per_1k_questions"
    unit = "USD"
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return a thousand times the question's flow cost."""
        return 1000 * outcome.usd


class CpuSeconds(Consumption):
    """Mean CPU seconds per question."""

    name = "cpu_seconds"
    unit = "s"
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return the CPU seconds of all nodes."""
        return outcome.cpu_s


class InputTokens(Consumption):
    """Mean tokens sent to models per question."""

    name = "input_tokens"
    unit = "tokens"
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return the tokens sent to models."""
        return float(outcome.input_tokens)


class OutputTokens(Consumption):
    """Mean tokens received from models per question."""

    name = "output_tokens"
    unit = "tokens"
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return the tokens received from models."""
        return float(outcome.output_tokens)


class ContextTokens(Consumption):
    """Mean tokens of the passages read per question, also by a reader that pays for none."""

    name = "context_tokens"
    unit = "tokens"
    standard = True

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return the approximate number of tokens in the passages' texts."""
        return float(sum(count_tokens(passage.text) for passage in outcome.passages))
