"""How sure it is that a front member is not dominated by another: on all questions, not on ours.

A front is picked from many trials by noisy estimates, so that some members are on it by luck.
Holdout scores alone are too few to say which, and resampling them (a plain bootstrap) takes
their noise for the truth. The model here uses everything that was measured:

- Each trial has a true value of each objective; over all trials these are normal, with a spread
  that is estimated. A trial that stands out by more than that spread suggests is pulled back.
- A trial's estimate on either split errs by the choice of questions. All trials see the same
  questions, so that most of the error is common and cancels in comparisons: errors have the
  covariance that the paired scores show.
- So the tune split updates the prior and the holdout split updates what the tune split left.

From draws of the posterior it is counted how often no other member dominates a member.

Dominance does not change when an objective is measured on another scale: costs and times that
are positive are compared by their logarithms, on which they are nearer to normal.

References:
    Gelman et al.: Bayesian Data Analysis, 3rd edition, 2013, section 5.4 (the hierarchical normal
    model, its spread integrated over a grid). Efron, Morris: Data analysis using Stein's estimator
    and its generalizations. JASA 70, 1975.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syftr_like.contracts.evaluator import Aggregation, Direction

from .paired import Errors, paired_errors

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

SPREADS = 25
"""Values of the prior's spread that are weighed."""


@dataclass(frozen=True, slots=True)
class ObjectiveScores:
    """The scores of one objective, as evaluators gave them.

    Attributes:
        tune: Shape (trials, questions): all completed trials on the tune split.
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
            a metric applies to some only.
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
    if len(members) < 2:
        return np.ones(len(members))
    rng = np.random.default_rng(seed)
    losses = np.stack(
        [_draw_losses(objective, members, draws, rng) for objective in objectives], axis=2
    )
    result = np.empty(len(members))
    for i in range(len(members)):
        mine = losses[:, i : i + 1, :]
        dominated = (losses <= mine).all(axis=2) & (losses < mine).any(axis=2)
        result[i] = 1 - dominated.any(axis=1).mean()
    return result


def _draw_losses(
    scores: ObjectiveScores, front: list[int], draws: int, rng: np.random.Generator
) -> Floats:
    """Return draws of the members' true losses, shape (draws, members), up to a common shift."""
    import numpy as np

    _check(scores, front)
    first, group = _groups(scores, front)
    logarithmic = _is_logarithmic(scores)
    tune = paired_errors(scores.tune, scores.aggregation, scores.bounds, logarithmic)
    tune = tune.contrasts()
    spreads, weights = _spread_posterior(tune)
    rows = [front[i] for i in first]
    holdout = (
        paired_errors(scores.holdout[first], scores.aggregation, scores.bounds, logarithmic)
        if scores.holdout.shape[1] > 1 and len(first) > 1
        else None
    )
    drawn = np.empty((draws, len(first)))
    chosen = rng.choice(len(spreads), size=draws, p=weights)
    for index in np.unique(chosen):
        mean, covariance = _posterior(float(spreads[index]), tune.rows(rows), holdout)
        here = np.flatnonzero(chosen == index)
        drawn[here] = _normal(mean, covariance, len(here), rng)
    sign = -1.0 if scores.direction is Direction.MAXIMIZE else 1.0
    return sign * drawn[:, group]


def _check(scores: ObjectiveScores, front: list[int]) -> None:
    import numpy as np

    if scores.tune.ndim != 2 or scores.tune.shape[1] < 2:
        raise ValueError(f"tune scores need two questions or more, not shape {scores.tune.shape}")
    if scores.holdout.ndim != 2 or len(scores.holdout) != len(front):
        raise ValueError(f"holdout scores of {len(front)} members, not {scores.holdout.shape}")
    if not (np.isfinite(scores.tune).all() and np.isfinite(scores.holdout).all()):
        raise ValueError("a score is not a finite number")


def _groups(scores: ObjectiveScores, front: list[int]) -> tuple[list[int], list[int]]:
    """Return one member of each group with equal scores, and each member's group."""
    import numpy as np

    rows = np.concatenate([scores.tune[front], scores.holdout], axis=1)
    groups: dict[bytes, int] = {}
    first: list[int] = []
    group: list[int] = []
    for index, row in enumerate(rows + 0.0):  # -0.0 becomes 0.0
        key = row.tobytes()
        if key not in groups:
            groups[key] = len(first)
            first.append(index)
        group.append(groups[key])
    return first, group


def _is_logarithmic(scores: ObjectiveScores) -> bool:
    return scores.bounds[1] is None and bool(
        (scores.tune > 0).all() and (scores.holdout > 0).all()
    )


def _spread_posterior(tune: Errors) -> tuple[Floats, Floats]:
    """Return values of the trials' true spread, and how probable each is given the estimates."""
    import numpy as np

    noise = np.maximum(tune.covariance.diagonal(), 0)
    largest = np.sqrt((tune.estimate**2).mean() + noise.mean())
    if largest == 0:
        return np.zeros(1), np.ones(1)
    # Even on the spread itself: the flat prior that Gelman 2006 advises for it.
    spreads = largest * (np.arange(SPREADS) + 0.5) / SPREADS * 2
    variances = spreads[:, None] ** 2 + noise[None, :]
    log_likelihood = -0.5 * (np.log(variances) + tune.estimate**2 / variances).sum(axis=1)
    weights = np.exp(log_likelihood - log_likelihood.max())
    return spreads, weights / weights.sum()


def _posterior(spread: float, tune: Errors, holdout: Errors | None) -> tuple[Floats, Floats]:
    """Return mean and covariance of the members' true values, given the prior's spread."""
    import numpy as np

    size = len(tune.estimate)
    mean, covariance = np.zeros(size), spread**2 * np.eye(size)
    mean, covariance = _update(mean, covariance, np.eye(size), tune)
    if holdout is not None:
        # How hard the holdout questions are as a whole is unknown: only contrasts inform.
        contrasts = np.eye(size)[1:] - 1 / size
        mean, covariance = _update(mean, covariance, contrasts, holdout)
    return mean, covariance


def _update(
    mean: Floats, covariance: Floats, observe: Floats, seen: Errors
) -> tuple[Floats, Floats]:
    """Return the normal posterior after `observe @ truth` was seen with errors."""
    import numpy as np

    cross = covariance @ observe.T
    total = observe @ (covariance + seen.covariance) @ observe.T
    gain = np.linalg.solve(total, cross.T).T
    surprise = observe @ (seen.estimate - mean)
    return mean + gain @ surprise, covariance - gain @ cross.T


def _normal(mean: Floats, covariance: Floats, draws: int, rng: np.random.Generator) -> Floats:
    import numpy as np

    # By eigenvalues, since rounding can leave a covariance without a Cholesky factor.
    values, vectors = np.linalg.eigh((covariance + covariance.T) / 2)
    factor = vectors * np.sqrt(np.maximum(values, 0))
    result: Floats = mean + rng.standard_normal((draws, len(mean))) @ factor.T
    return result
