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

LEAST_NOISE = 1e-9
"""Variance of residuals, as a part of that of the scores, below which there are none."""

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
    mean, deviation = float(table[known].mean()), float(table[known].std())
    trials, questions = np.zeros(table.shape[0]), np.zeros(table.shape[1])
    if deviation == 0:
        return Effects(mean, trials, questions)
    # Everything below needs sums of the scores only, so that a round costs a product or two.
    scores, present = np.where(known, (table - mean) / deviation, 0.0), known.astype(np.float64)
    by_trial, by_question = scores.sum(axis=1), scores.sum(axis=0)
    of_trial, of_question, total = present.sum(axis=1), present.sum(axis=0), present.sum()
    squares = float((scores**2).sum())
    common, noise, trial_variance, question_variance = 0.0, 1 / 3, 1 / 3, 1 / 3
    for _ in range(ROUNDS):
        before = np.concatenate([trials, questions])
        trial_errors = noise / (of_trial + noise / trial_variance)
        trials = (by_trial - common * of_trial - present @ questions) * trial_errors / noise
        trial_variance = float((trials**2 + trial_errors).mean())
        question_errors = noise / (of_question + noise / question_variance)
        questions = (by_question - common * of_question - trials @ present) * (
            question_errors / noise
        )
        question_variance = float((questions**2 + question_errors).mean())
        both = of_trial @ trials, of_question @ questions
        common = float((-both[0] - both[1]) / total)  # the scores themselves add up to 0
        fitted = by_trial @ trials + by_question @ questions
        explained = (
            common * (common * total + 2 * sum(both))
            + of_trial @ trials**2
            + of_question @ questions**2
            + 2 * trials @ present @ questions
        )
        unsure = of_trial @ trial_errors + of_question @ question_errors
        noise = max(float(squares - 2 * fitted + explained + unsure) / total, LEAST_NOISE)
        if np.abs(np.concatenate([trials, questions]) - before).max() <= TOLERANCE:
            break
    return Effects(mean + deviation * common, deviation * trials, deviation * questions)
