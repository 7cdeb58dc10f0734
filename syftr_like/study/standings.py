"""Where every trial stands: what it scored on which tune question, and what follows from that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from syftr_like.contracts import Direction, Evaluator, Quantile, Question
from syftr_like.evaluation import summarize
from syftr_like.search import Feedback
from syftr_like.search.objective import Constraint, Objective, losses
from syftr_like.statistics.completion import completed
from syftr_like.statistics.estimate import Estimate

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

Scores = Mapping[str, float]


class Standings:
    """The scores of all trials on the tune split.

    Args:
        questions: The tune questions, in the order that all trials share.
        evaluators: Every metric.
        objectives: What is optimized.
        constraints: What is demanded.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        evaluators: Sequence[Evaluator],
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint],
    ) -> None:
        self.order = tuple(question.id for question in questions)
        self._evaluators = tuple(evaluators)
        self._objectives = tuple(objectives)
        self._constraints = tuple(constraints)
        judged = {o.metric for o in objectives} | {c.metric for c in constraints}
        self._judged = [e for e in evaluators if e.name in judged]
        self._applicable = {
            e.name: [place for place, q in enumerate(questions) if e.applies(q)]
            for e in self._judged
        }
        self._scores: dict[int, dict[str, Scores]] = {}
        self._rows: dict[int, dict[str, Floats]] = {}

    def load(self, trial: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take what a trial scored: rows of the ledger's evaluations on the tune split."""
        import numpy as np

        scores: dict[str, Scores] = {row["question"]: row["scores"] for row in rows}
        self._scores[trial] = scores
        self._rows[trial] = {
            e.name: np.array([scores.get(q, {}).get(e.name, np.nan) for q in self.order])
            for e in self._judged
        }

    def first_judged(self) -> int:
        """Return after how many questions each objective and constraint applies to one of them."""
        return max(places[0] + 1 if places else 1 for places in self._applicable.values())

    def answered(self, trial: int) -> int:
        """Return how many questions, from the first on and without a gap, a trial answered."""
        scores = self._scores.get(trial, {})
        for count, question in enumerate(self.order):
            if question not in scores:
                return count
        return len(self.order)

    def answered_ids(self, trial: int) -> frozenset[str]:
        """Return the ids of the questions that a trial answered, in whatever order."""
        return frozenset(self._scores.get(trial, ()))

    def estimates(self, trial: int, questions: int) -> dict[str, Estimate]:
        """Return each metric's estimate over a trial's first questions."""
        scores = self._scores[trial]
        return summarize(self._evaluators, (scores[q] for q in self.order[:questions]))

    def feedback(self, trial: int, questions: int) -> Feedback:
        """Return what a trial measured on exactly its first questions."""
        estimates = self.estimates(trial, questions)
        return self._feedback({metric: e.value for metric, e in estimates.items()})

    def completed_feedback(self, trials: Sequence[int]) -> dict[int, Feedback]:
        """Return for some trials what they would measure on all questions, as far as is known.

        The first questions may be easy ones or hard ones; what other trials scored on the rest
        tells which (`statistics.completion`).
        """
        import numpy as np

        known = [trial for trial in self._rows if trial in trials or self.answered(trial)]
        values: dict[int, dict[str, float]] = {trial: {} for trial in trials}
        for evaluator in self._judged:
            name = evaluator.name
            table = np.stack([self._rows[t][name] for t in known])[:, self._applicable[name]]
            filled = np.clip(completed(table, logarithmic=_by_ratio(evaluator, table)), *(
                -np.inf if evaluator.bounds[0] is None else evaluator.bounds[0],
                np.inf if evaluator.bounds[1] is None else evaluator.bounds[1],
            ))  # fmt: skip
            for trial in trials:
                row = filled[known.index(trial)]
                values[trial][name] = float(
                    np.quantile(row, evaluator.aggregation.level)
                    if isinstance(evaluator.aggregation, Quantile)
                    else row.mean()
                )
        return {trial: self._feedback(values[trial]) for trial in trials}

    def paired(self, trial: int, questions: int) -> dict[str, Floats]:
        """Return a trial's scores on its first questions, an array for each objective.

        Questions that the objective does not apply to are left out, in all trials alike.
        """
        return {
            o.metric: self._rows[trial][o.metric][
                [place for place in self._applicable[o.metric] if place < questions]
            ]
            for o in self._objectives
        }

    def _feedback(self, values: Mapping[str, float]) -> Feedback:
        return Feedback(
            losses=losses(self._objectives, values),
            violations=tuple(c.violation(values[c.metric]) for c in self._constraints),
        )


def _by_ratio(evaluator: Evaluator, scores: Floats) -> bool:
    """Whether scores are compared by ratio: costs and times, which have no upper bound."""
    import numpy as np

    low, high = evaluator.bounds
    unbounded = evaluator.direction is Direction.MINIMIZE and low == 0 and high is None
    return unbounded and bool((scores[~np.isnan(scores)] > 0).all())
