"""How sure it is that a front member is not dominated by another: on all questions, not on ours.

A front is picked from many trials by noisy estimates, so that some members are on it by luck.
Holdout scores alone are too few to say which, and resampling them (a plain bootstrap) takes
their noise for the truth. The model here uses everything that was measured:

- Each trial has a true value of each objective, drawn from a distribution of which all trials
  tell the spread: a trial that stands out by more than the spread suggests is pulled back.
- A trial's estimate errs by the choice of questions. All trials see the same questions, so that
  much of the error is common and cancels in comparisons: errors have the covariance that the
  paired scores show.
- The tune split updates the prior, and the holdout split updates what the tune split left.

From draws of the posterior it is counted how often no other member dominates a member. How well
such probabilities hold is recorded in `benchmarks/nondominance`.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syftr_like.contracts.evaluator import Aggregation, Direction

from .hierarchical import Spread, draw_true_values, objective_correlations, spread_posterior
from .paired import Errors, dissimilar, paired_errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SPREAD_DRAWS = 50
"""Draws of the spreads; the draws of the true values are shared out among them."""


@dataclass(frozen=True, slots=True)
class ObjectiveScores:
    """The scores of one objective, as evaluators gave them.

    Attributes:
        tune: Shape (trials, questions): all trials that were evaluated on the whole tune split.
        holdout: Shape (members, questions): the front members on the holdout split, in the order
            of `front`; no columns when it was not evaluated.
        direction: Which way is better.
        aggregation: How scores become a value.
        bounds: Least and greatest possible score, None where there is none.
    """

    tune: Floats
    holdout: Floats
    direction: Direction
    aggregation: Aggregation
    bounds: tuple[float | None, float | None]

    @property
    def logarithmic(self) -> bool:
        """Whether logarithms are compared, to which costs and times are nearer to normal.

        Dominance is the same on any scale.
        """
        positive = (self.tune > 0).all() and (self.holdout > 0).all()
        return self.bounds[1] is None and bool(positive)

    def errors(self, scores: Floats) -> Errors:
        """Return the estimates from some of the scores, with their errors."""
        return paired_errors(scores, self.aggregation, self.bounds, self.logarithmic)


def p_nondominated(
    objectives: Sequence[ObjectiveScores],
    front: Sequence[int],
    *,
    draws: int = 4000,
    seed: int = 0,
) -> Floats:
    """Return for each front member the probability that no other member dominates it.

    Members whose scores in an objective are equal question by question, on both splits, count as
    equal in that objective; members equal in all of them do not dominate each other.

    Args:
        objectives: Scores of each objective. Questions may differ from one to the next, as when
            a metric applies to some only; trials and members may not.
        front: Rows of `tune` that are on the front.
        draws: From the posterior; the result has a standard error of .008 at most with 4000.
        seed: Of the draws.

    Returns:
        Probabilities, shape (len(front),).

    Raises:
        ValueError: Shapes that do not fit, or a score that is not finite.
    """
    import numpy as np

    members = list(front)
    for scores in objectives:
        _check(scores, members, len(objectives[0].tune))
    if len(members) < 2:
        return np.ones(len(members))
    losses = _draw_losses(objectives, members, draws, np.random.default_rng(seed))
    result = np.empty(len(members))
    for i in range(len(members)):
        mine = losses[:, i : i + 1, :]
        no_worse = np.all(losses <= mine, axis=2)
        dominated = no_worse & np.any(losses < mine, axis=2)
        result[i] = 1 - dominated.any(axis=1).mean()
    return result


def _draw_losses(
    objectives: Sequence[ObjectiveScores],
    front: list[int],
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Return draws of the members' true losses, shape (draws, members, m)."""
    import numpy as np

    estimates = [scores.errors(scores.tune) for scores in objectives]
    spreads = [
        _spread(errors, scores) for errors, scores in zip(estimates, objectives, strict=True)
    ]
    tune = [errors.contrasts() for errors in estimates]
    correlations = objective_correlations([errors.estimate for errors in tune], spreads)
    of_front = [
        errors.rows(front).smoothed(scores.tune.shape[1])
        for errors, scores in zip(tune, objectives, strict=True)
    ]
    holdout = [_holdout_errors(scores) for scores in objectives]
    count = min(draws, SPREAD_DRAWS)
    drawn = np.stack([spread.stratified(count, rng) for spread in spreads], axis=1)
    parts = [
        draw_true_values(row.tolist(), correlations, of_front, holdout, len(share), rng)
        for row, share in zip(drawn, np.array_split(np.arange(draws), count), strict=True)
    ]
    losses: Floats = np.concatenate(parts)
    for k, scores in enumerate(objectives):
        losses[:, :, k] = losses[:, _first_equals(scores, front), k]
        if scores.direction is Direction.MAXIMIZE:
            losses[:, :, k] *= -1
    return losses


def _spread(errors: Errors, scores: ObjectiveScores) -> Spread:
    """Return how far the trials lie apart, judged by those that do not answer alike."""
    different = dissimilar(scores.tune, scores.logarithmic)
    smoothed = errors.rows(different).smoothed(scores.tune.shape[1])
    return spread_posterior(smoothed.contrasts())


def _holdout_errors(scores: ObjectiveScores) -> Errors | None:
    questions = scores.holdout.shape[1]
    return scores.errors(scores.holdout).smoothed(questions) if questions > 1 else None


def _first_equals(scores: ObjectiveScores, front: list[int]) -> list[int]:
    """Return for each member the first one with equal scores: itself, if there is no other."""
    import numpy as np

    rows = np.concatenate([scores.tune[front], scores.holdout], axis=1)
    return [int(np.argmax(np.all(rows == row, axis=1))) for row in rows]


def _check(scores: ObjectiveScores, front: list[int], trials: int) -> None:
    import numpy as np

    if scores.tune.ndim != 2 or len(scores.tune) != trials or scores.tune.shape[1] < 2:
        raise ValueError(
            f"tune scores need {trials} trials and at least two questions, "
            f"not shape {scores.tune.shape}"
        )
    if scores.holdout.ndim != 2 or len(scores.holdout) != len(front):
        raise ValueError(
            f"holdout scores need {len(front)} members, not shape {scores.holdout.shape}"
        )
    if not (np.isfinite(scores.tune).all() and np.isfinite(scores.holdout).all()):
        raise ValueError("a score is not a finite number")
