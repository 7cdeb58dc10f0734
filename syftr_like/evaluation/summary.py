"""A trial's estimates from its evaluations' scores."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from syftr_like.contracts import Evaluator
from syftr_like.statistics.aggregate import aggregate
from syftr_like.statistics.estimate import Estimate


def summarize(
    evaluators: Sequence[Evaluator], scores: Iterable[Mapping[str, float]]
) -> dict[str, Estimate]:
    """Aggregate each metric over the questions that it applies to.

    Args:
        evaluators: The metrics.
        scores: One mapping per question, metrics that do not apply left out.

    Returns:
        Metric name to estimate. A metric that applies to none of the questions is left out.
    """
    rows = list(scores)
    estimates: dict[str, Estimate] = {}
    for evaluator in evaluators:
        values = [row[evaluator.name] for row in rows if evaluator.name in row]
        if values:
            estimates[evaluator.name] = aggregate(evaluator.aggregation, evaluator.bounds, values)
    return estimates
