"""A hierarchical normal model of the trials' true values, given estimates that err.

The true values of all trials, one per objective, are drawn from one normal distribution: trials
differ by a spread in each objective, and objectives go together (what costs more is often
better). Both are estimated from the trials; the spread's uncertainty is integrated out.

References:
    Gelman et al.: Bayesian Data Analysis, 3rd edition, 2013, section 5.4. Efron, Morris: Data
    analysis using Stein's estimator and its generalizations. JASA 70, 1975.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from .paired import Errors

    Floats = NDArray[np.float64]

GRID = 40
"""Values of a spread that are weighed."""

OUTLYING = 2.0
"""Standard deviations from which on a trial counts no more for a correlation than at them.

Else the one trial that costs far more than all others would decide the correlation by itself, and
then be judged by it.
"""

HIGHEST_CORRELATION = 0.95
"""Of two objectives: they are estimated, and never taken for one."""

SCEPTICAL_TRIALS = 6.0
"""Trials' weight that no correlation between objectives has against the one found.

It stands for a prior of standard deviation .4, as a correlation found among T trials that are
measured without error has one of 1 / sqrt(T)."""


@dataclass(frozen=True, slots=True)
class Spread:
    """Values that the trials' true spread in one objective may have, with probabilities."""

    values: Floats
    weights: Floats

    @property
    def mean(self) -> float:
        """The expected spread."""
        return float(self.values @ self.weights)

    def stratified(self, count: int, rng: np.random.Generator) -> Floats:
        """Return `count` spreads in random order, one from each `1 / count` of the probability."""
        import numpy as np

        levels = (np.arange(count) + 0.5) / count
        picked = np.searchsorted(np.cumsum(self.weights), levels)
        picked = rng.permutation(np.minimum(picked, len(self.values) - 1))
        result: Floats = self.values[picked]
        return result


def spread_posterior(contrasts: Errors) -> Spread:
    """Return the posterior of the spread, from trials' deviations from their mean.

    Trials that answer alike should be left out but one (`paired.dissimilar`): that they differ
    little says nothing about the others. The prior is flat on the spread itself, as advised by
    Gelman: Prior distributions for variance parameters in hierarchical models. Bayesian Analysis
    1, 2006.
    """
    import numpy as np

    # In the errors' principal axes everything is independent. One axis, the mean, holds nothing.
    values, axes = np.linalg.eigh(contrasts.covariance)
    constant = int(np.argmax(np.abs(axes.sum(axis=0))))
    noise = np.maximum(np.delete(values, constant), 0.0)
    seen = np.delete(axes.T @ contrasts.estimate, constant)
    largest = 2 * float(np.sqrt((seen**2).mean() + noise.mean())) if len(seen) else 0.0
    if largest == 0:
        return Spread(np.zeros(1), np.ones(1))
    grid = largest * (np.arange(GRID) + 0.5) / GRID
    variances = grid[:, None] ** 2 + noise
    log_likelihood = -0.5 * (np.log(variances) + seen**2 / variances).sum(axis=1)
    weights = np.exp(log_likelihood - log_likelihood.max())
    return Spread(grid, weights / weights.sum())


def objective_correlations(estimates: Sequence[Floats], spreads: Sequence[Spread]) -> Floats:
    """Return the correlations of the true values between objectives, shape (m, m).

    The covariance of the estimates is that of the true values, as errors of different objectives
    are taken for independent; it is divided by the true spreads. It is shrunk the more, the fewer
    trials there are and the larger a part of their differences is error.

    Args:
        estimates: Each objective's deviations of all trials from their mean.
        spreads: Each objective's spread.
    """
    import numpy as np

    size, trials = len(estimates), len(estimates[0])
    result: Floats = np.eye(size)
    for i in range(size):
        for j in range(i):
            scale = spreads[i].mean * spreads[j].mean
            deviations = [float(estimates[k].std()) for k in (i, j)]
            seen = deviations[0] * deviations[1]
            if scale > 0 and seen > 0:
                first, second = (
                    np.clip(estimates[k] / deviation, -OUTLYING, OUTLYING)
                    for k, deviation in zip((i, j), deviations, strict=True)
                )
                found = float(first @ second) / trials * seen / scale
                informative = trials * min(1.0, scale / seen) ** 2
                found *= informative / (informative + SCEPTICAL_TRIALS)
                found = min(max(found, -HIGHEST_CORRELATION), HIGHEST_CORRELATION)
                result[i, j] = result[j, i] = found
    # Pairwise estimates need not fit together: blend with independence until they do.
    least = float(np.linalg.eigvalsh(result)[0])
    floor = 1 - HIGHEST_CORRELATION
    if least < floor:
        share = (1 - floor) / (1 - least)
        result = share * result + (1 - share) * np.eye(size)
    return result


def draw_true_values(
    spreads: Sequence[float],
    correlations: Floats,
    tune: Sequence[Errors],
    holdout: Sequence[Errors | None],
    draws: int,
    rng: np.random.Generator,
) -> Floats:
    """Return draws of the members' true values, shape (draws, members, m), for given spreads.

    Each objective is known up to a shift that all members share, which comparisons do not see.

    Args:
        spreads: Of the trials, one per objective.
        correlations: Between objectives.
        tune: The members' deviations from the mean of all trials, per objective.
        holdout: The members' estimates, per objective; None where there are none.
        draws: How many.
        rng: Where randomness comes from.
    """
    import numpy as np

    members, size = len(tune[0].estimate), len(tune)
    scale = np.asarray(spreads)
    between = correlations * np.outer(scale, scale)
    covariance: Floats = np.kron(between, np.eye(members)).astype(np.float64)
    mean: Floats = np.zeros(size * members)
    # How hard the holdout questions are as a whole is unknown: only contrasts inform.
    contrasts: Floats = np.full((members - 1, members), -1 / members)
    contrasts[:, 1:] += np.eye(members - 1)
    for k in range(size):
        place = slice(k * members, (k + 1) * members)
        mean, covariance = _update(mean, covariance, place, np.eye(members), tune[k])
        seen = holdout[k]
        if seen is not None:
            mean, covariance = _update(mean, covariance, place, contrasts, seen)
    # By eigenvalues, since rounding can leave a covariance without a Cholesky factor.
    values, axes = np.linalg.eigh((covariance + covariance.T) / 2)
    factor = axes * np.sqrt(np.maximum(values, 0))
    drawn = mean + rng.standard_normal((draws, len(mean))) @ factor.T
    result: Floats = drawn.reshape(draws, size, members).transpose(0, 2, 1)
    return result


def _update(
    mean: Floats, covariance: Floats, place: slice, observe: Floats, seen: Errors
) -> tuple[Floats, Floats]:
    """Return the normal posterior after `observe @ truth[place]` was seen with errors."""
    import numpy as np

    cross = covariance[:, place] @ observe.T
    total = observe @ (covariance[place, place] + seen.covariance) @ observe.T
    # The least-squares inverse also serves objectives without any spread or error.
    gain = cross @ np.linalg.pinv(total, hermitian=True)
    surprise = observe @ (seen.estimate - mean[place])
    return mean + gain @ surprise, covariance - gain @ cross.T
