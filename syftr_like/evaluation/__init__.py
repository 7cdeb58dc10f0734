"""From outcomes to scores, and from scores to a trial's estimates."""

from .evaluate import Evaluation, evaluate_questions
from .scoring import MetricError, score_outcome
from .summary import summarize

__all__ = ["Evaluation", "MetricError", "evaluate_questions", "score_outcome", "summarize"]
