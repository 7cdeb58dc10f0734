"""Full score tables from partial ones: what trials would score on questions not asked yet."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROUNDS = 100
"""At most so many rounds of estimation."""

TOLERANCE = 1e-3
"""Estimation ends when no effect moves by more than this part of the scores' deviation."""

PSEUDO_SCORES = 12.0
"""How many scores' weight the common width of residuals has against a trial's own."""


@dataclass(frozen=True, slots=True)
class Effects:
    """The additive model of a table: common + trial + question + residual."""

    common: float
    trials: Floats
    questions: Floats

    def table(self) -> Floats:
        """Return what the model expects of every cell, shape (trials, questions)."""
        expected: Floats = self.common + self.trials[:, None] + self.questions[None, :]
        return expected


def completed(scores: Floats, *, logarithmic: bool) -> Floats:
    """Return the scores with the missing ones estimated; those that are there stay.

    The first questions may be easy or hard ones, so that a trial's own mean over them is biased,
    for all trials alike. Others have answered the rest, and tell how hard it is: a missing score
    is the sum of what is common, of the trial and of the question (`effects`).

    Such estimates vary less than scores do. The mean of a row does not mind, but that of a row of
    logarithms does, and so does every quantile. Where `logarithmic`, each estimate therefore
    carries a residual: those of the whole table, evenly taken, as wide as the trial's own are.

    Args:
        scores: Shape (trials, questions), NaN where a question was not asked.
        logarithmic: Effects multiply instead of add: for costs and times, whose scores must be
            positive.

    Raises:
        ValueError: Not a table, a score that is infinite or, where `logarithmic`, not positive.
    """
    import numpy as np

    table = np.asarray(scores, dtype=np.float64)
    if table.ndim != 2:
        raise ValueError(f"scores form a table of shape (trials, questions), not {table.shape}")
    known = ~np.isnan(table)
    if np.isinf(table).any() or (logarithmic and (table[known] <= 0).any()):
        raise ValueError("a score is infinite, or is not positive and has no logarithm")
    if known.all() or not known.any():
        return table.copy()
    values = np.log(np.where(known, table, 1.0)) if logarithmic else table
    expected = effects(np.where(known, values, np.nan)).table()
    if logarithmic:
        expected = np.exp(expected + _residuals(values - expected, known))
    filled: Floats = np.where(known, table, expected)
    return filled


def _residuals(residuals: Floats, known: NDArray[np.bool_]) -> Floats:
    """Return residuals for the missing cells, in a fixed order; shape as the table's."""
    import numpy as np

    pool = residuals[known] - residuals[known].mean()
    variance = float((pool**2).mean())
    drawn = np.zeros_like(residuals)
    if variance == 0:
        return drawn
    squares = np.where(known, residuals**2, 0.0).sum(axis=1)
    own = (squares + PSEUDO_SCORES * variance) / (known.sum(axis=1) + PSEUDO_SCORES)
    for row, seen in enumerate(known):
        missing = np.flatnonzero(~seen)
        levels = (np.arange(len(missing)) + 0.5) / max(1, len(missing))
        # Which question gets which is arbitrary, but must not follow the order of the questions.
        shuffled = np.random.default_rng(row).permutation(missing)
        drawn[row, shuffled] = np.quantile(pool, levels) * np.sqrt(own[row] / variance)
    return drawn


def effects(table: Floats) -> Effects:
    """Estimate the effects of trials and questions, shrunk by empirical Bayes.

    Both are taken for random, with variances estimated from the table (expectation maximization,
    one side after the other), so that a trial with few questions or a question with few trials is
    drawn towards the others as far as its own scores do not say better.

    Args:
        table: Shape (trials, questions), NaN where missing; at least one score.

    References:
        Searle, Casella, McCulloch: Variance Components, 1992, chapter 8. Robinson: That BLUP is a
        good thing. Statistical Science 6, 1991.
    """
    import numpy as np

    known = ~np.isnan(table)
    counts = known.sum(axis=1), known.sum(axis=0)
    deviation = float(table[known].std())
    common = float(table[known].mean())
    values = np.where(known, table, 0.0)
    trials, questions = np.zeros(table.shape[0]), np.zeros(table.shape[1])
    if deviation == 0:
        return Effects(common, trials, questions)
    noise = of_trials = of_questions = deviation**2 / 3
    for _ in range(ROUNDS):
        before = np.concatenate([trials, questions])
        rest = np.where(known, values - common - questions, 0.0).sum(axis=1)
        trials = rest / (counts[0] + noise / of_trials)
        errors = noise / (counts[0] + noise / of_trials)
        of_trials = float((trials**2 + errors).mean())
        rest = np.where(known, values - common - trials[:, None], 0.0).sum(axis=0)
        questions = rest / (counts[1] + noise / of_questions)
        errors_q = noise / (counts[1] + noise / of_questions)
        of_questions = float((questions**2 + errors_q).mean())
        residual = np.where(known, values - trials[:, None] - questions, 0.0)
        common = float(residual.sum() / known.sum())
        squares = np.where(known, (residual - common) ** 2, 0.0).sum()
        spread = (counts[0] * errors).sum() + (counts[1] * errors_q).sum()
        noise = max(float((squares + spread) / known.sum()), 1e-12 * deviation**2)
        moved = np.abs(np.concatenate([trials, questions]) - before).max()
        if moved <= TOLERANCE * deviation:
            break
    return Effects(common, trials, questions)
