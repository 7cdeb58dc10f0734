"""From outcomes to scores, and from scores to a trial's estimates."""

from .evaluate import Evaluation, evaluate_questions
from .judging import JudgedMetric, judged_outcome
from .scoring import MetricError, score_outcome
from .summary import summarize

__all__ = [
    "Evaluation",
    "JudgedMetric",
    "MetricError",
    "evaluate_questions",
    "judged_outcome",
    "score_outcome",
    "summarize",
]
