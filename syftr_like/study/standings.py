"""Where every trial stands: what it scored on which tune question, and what follows from that."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from syftr_like.contracts import Direction, Evaluator, Quantile, Question
from syftr_like.evaluation import summarize
from syftr_like.search import Feedback, Value
from syftr_like.search.features import Features
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
        features: Describes configurations.
    """

    def __init__(
        self,
        questions: Sequence[Question],
        evaluators: Sequence[Evaluator],
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint],
        features: Features,
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
        self._features = features
        self._described: dict[int, Floats] = {}
        self._estimated: dict[int, Feedback] = {}

    def add(self, trial: int, params: Mapping[str, Value]) -> None:
        """Take what a trial's configuration is, before what it scored."""
        self._described[trial] = self._features.of(params)

    def load(self, trial: int, rows: Iterable[Mapping[str, Any]]) -> None:
        """Take what a trial scored: rows of the ledger's evaluations on the tune split."""
        import numpy as np

        scores: dict[str, Scores] = {row["question"]: row["scores"] for row in rows}
        self._scores[trial] = scores
        self._rows[trial] = {
            e.name: np.array([scores.get(q, {}).get(e.name, np.nan) for q in self.order])
            for e in self._judged
        }
        self._estimated.clear()

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

    def judged(self, trials: Sequence[int]) -> list[Feedback]:
        """Return for some trials what they would measure on all questions, as far as is known.

        The first questions may be easy ones or hard ones, and few say little: what other trials
        scored on the rest, and what trials like it scored, say more (`statistics.completion`).
        Computed once for all trials until one of them scores more.
        """
        if trials and not self._estimated:
            self._estimated.update(self._estimate())
        return [self._estimated[trial] for trial in trials]

    def _estimate(self) -> dict[int, Feedback]:
        import numpy as np

        known = [trial for trial in self._rows if self._scores[trial]]
        values: dict[int, dict[str, float]] = {trial: {} for trial in known}
        features = np.stack([self._described[trial] for trial in known])
        for evaluator in self._judged:
            name = evaluator.name
            table = np.stack([self._rows[t][name] for t in known])[:, self._applicable[name]]
            by_ratio = _by_ratio(evaluator, table)
            low, high = evaluator.bounds
            filled = np.clip(
                # Costs and times vary little between questions: their own scores say enough.
                completed(table, logarithmic=by_ratio, features=None if by_ratio else features),
                -np.inf if low is None else low,
                np.inf if high is None else high,
            )
            for trial, row in zip(known, filled, strict=True):
                values[trial][name] = float(
                    np.quantile(row, evaluator.aggregation.level)
                    if isinstance(evaluator.aggregation, Quantile)
                    else row.mean()
                )
        return {trial: self._feedback(values[trial]) for trial in known}

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
