"""How long a question takes: service time on the critical path, a failure's timeout included."""

from __future__ import annotations

from syftr_like.contracts import Direction, Evaluator, Mean, Outcome, Quantile, Question


class Latency(Evaluator):
    """Base of the latency metrics, which differ in how questions are put together."""

    direction = Direction.MINIMIZE
    unit = "s"
    worst = None
    bounds = (0.0, None)

    def score(self, question: Question, outcome: Outcome) -> float:
        """Return the outcome's service time in seconds."""
        return outcome.latency_s


class LatencyP50(Latency):
    """Median seconds to answer a question."""

    name = "latency_p50_s"
    aggregation = Quantile(0.5)
    standard = True


class LatencyP95(Latency):
    """Seconds within which 95 % of the questions are answered."""

    name = "latency_p95_s"
    aggregation = Quantile(0.95)
    standard = True


class LatencyMean(Latency):
    """Mean seconds to answer a question."""

    name = "latency_mean_s"
    aggregation = Mean()
