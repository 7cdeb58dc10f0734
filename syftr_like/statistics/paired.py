"""Estimates of several trials on the same questions, with the covariance of their errors."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syftr_like.contracts.evaluator import Aggregation, Quantile

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

REPLICATES = 500
"""Bootstrap replicates for the covariance of quantiles."""

PSEUDO_QUESTIONS = 5.0
"""How many questions' weight the average correlation has against each pair's own.

Two trials with equal answers so far are not equal for sure.
"""

ALIKE = 0.8
"""Correlation, beyond what all trials have in common, from which on two trials are alike."""


@dataclass(frozen=True, slots=True)
class Errors:
    """Estimates, shape (k,), and the covariance of their errors, shape (k, k)."""

    estimate: Floats
    covariance: Floats

    def contrasts(self) -> Errors:
        """Return the deviations from the mean estimate: what all have in common drops out."""
        centred = self.covariance - self.covariance.mean(axis=0)
        centred = centred - centred.mean(axis=1, keepdims=True)
        return Errors(self.estimate - self.estimate.mean(), centred)

    def smoothed(self, questions: int) -> Errors:
        """Return the same with correlations shrunk by as much as they may be in error.

        Of many rows and few questions, some combination varies little by chance, and would pass
        for one that is known well. The share of the average correlation is the error of the
        correlations over their differences: Ledoit, Wolf: Honey, I shrunk the sample covariance
        matrix. Journal of Portfolio Management 30, 2004. Smooth the rows that are compared, not
        more: among many others that differ, it would be lost that two are alike.
        """
        import numpy as np

        deviations = np.sqrt(np.maximum(self.covariance.diagonal(), 0))
        scale = np.outer(deviations, deviations)
        correlation = self.covariance / np.where(scale > 0, scale, 1.0)
        pairs = correlation[np.triu_indices(len(correlation), 1)]
        if not len(pairs):
            return self
        differences = float(((pairs - pairs.mean()) ** 2).sum())
        error = float(((1 - pairs**2) ** 2).sum()) / max(1, questions - 1)
        share = min(1.0, error / differences) if differences > 0 else 1.0
        return Errors(self.estimate, _towards_average(correlation, share) * scale)

    def rows(self, indices: Sequence[int]) -> Errors:
        """Return a part of the estimates."""
        chosen = list(indices)
        return Errors(self.estimate[chosen], self.covariance[chosen][:, chosen])


def paired_errors(
    scores: Floats,
    aggregation: Aggregation,
    bounds: tuple[float | None, float | None],
    logarithmic: bool,
) -> Errors:
    """Estimate each row's aggregate over the questions, and how the estimates err together.

    The covariance of means is that of the scores over the number of questions; of quantiles that
    of bootstrap replicates over questions (fixed seed). Correlations are shrunk a little to their
    average (`PSEUDO_QUESTIONS`). Where both bounds are known, each row's variance counts one score
    at either bound, since a few answers that are all right do not have no error.

    Args:
        scores: Shape (k, questions), at least two questions.
        aggregation: Mean or quantile.
        bounds: Least and greatest possible score.
        logarithmic: Estimate the logarithm of the aggregate; scores must be positive.
    """
    import numpy as np

    count, n = scores.shape
    if isinstance(aggregation, Quantile):
        estimate, covariance = _quantile_errors(scores, aggregation.level, logarithmic)
    else:
        estimate = scores.mean(axis=1)
        covariance = np.atleast_2d(np.cov(scores)) / n
        if logarithmic:  # by the delta method
            covariance = covariance / np.outer(estimate, estimate)
            estimate = np.log(estimate)
    # The variance of Student's t stands in for its tails.
    covariance = covariance * ((n - 1) / (n - 3) if n > 5 else 2.0)
    deviations = np.sqrt(covariance.diagonal())
    divisors = np.where(deviations > 0, deviations, 1.0)
    correlation = covariance / np.outer(divisors, divisors)
    np.fill_diagonal(correlation, 1.0)
    correlation = _towards_average(correlation, PSEUDO_QUESTIONS / (n + PSEUDO_QUESTIONS))
    low, high = bounds
    if low is not None and high is not None and not isinstance(aggregation, Quantile):
        padded = np.concatenate([scores, np.tile([[low, high]], (count, 1))], axis=1)
        deviations = np.maximum(deviations, padded.std(axis=1) / np.sqrt(n))
    return Errors(estimate, correlation * np.outer(deviations, deviations))


def _towards_average(correlation: Floats, share: float) -> Floats:
    """Blend correlations, shape (k, k), with their average."""
    import numpy as np

    count = len(correlation)
    if count < 2:
        return correlation
    average = (correlation.sum() - correlation.trace()) / (count * (count - 1))
    target = np.full((count, count), average)
    np.fill_diagonal(target, 1.0)
    blended: Floats = (1 - share) * correlation + share * target
    return blended


def dissimilar(scores: Floats, logarithmic: bool) -> list[int]:
    """Return rows of which no two are alike: of those that are, the first.

    Args:
        scores: Shape (k, questions).
        logarithmic: Compare logarithms, so that trials of another scale can be alike.
    """
    import numpy as np

    values = np.log(scores) if logarithmic else scores
    special = values - values.mean(axis=0)
    special = special - special.mean(axis=1, keepdims=True)
    length = np.sqrt((special**2).sum(axis=1, keepdims=True))
    # A row that follows the common course has rounding errors only; they are no likeness.
    special = np.where(
        length > 1e-9 * np.abs(values).max(), special / np.maximum(length, 1e-300), 0
    )
    kept: list[int] = []
    for row in range(len(scores)):
        alike = special[kept] @ special[row] > ALIKE
        equal = np.all(scores[kept] == scores[row], axis=1)
        if not (alike | equal).any():
            kept.append(row)
    return kept


def _quantile_errors(scores: Floats, level: float, logarithmic: bool) -> tuple[Floats, Floats]:
    import numpy as np

    values = np.log(scores) if logarithmic else scores
    n = scores.shape[1]
    picked = np.random.default_rng(0).integers(0, n, (REPLICATES, n))
    replicates = np.array([np.quantile(row[picked], level, axis=1) for row in values])
    return np.quantile(values, level, axis=1), np.atleast_2d(np.cov(replicates))
