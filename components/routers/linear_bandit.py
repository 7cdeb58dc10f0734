"""A linear contextual bandit: which arm is worth trying, and which is best (LinUCB)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from .labelled import scale_of
from .learned_choice import best_branch

Context = NDArray[np.float64]

CONSTANT_RIDGE = 1e-3
"""Penalty of the constant: held back, the level of an arm would rise with its tries."""


class LinearBandit:
    """Ridge regressions of each arm's score on the context, from the arms that were tried.

    LinUCB with disjoint arms (Li et al. 2010). What an arm costs is taken to be its mean cost.

    Args:
        arms: How many there are.
        size: Length of a context, whose first number is the constant 1.
        ridge: Strength of the L2 penalty.
    """

    def __init__(self, arms: int, size: int, ridge: float) -> None:
        self.ridge = ridge
        self.gram = np.zeros((arms, size, size))
        self.moment = np.zeros((arms, size))
        self.tried = np.zeros(arms, dtype=int)
        self.spent = np.zeros(arms)

    def learn(self, arm: int, context: Context, score: float, cost: float) -> None:
        """Take in what came of an arm."""
        self.gram[arm] += np.outer(context, context)
        self.moment[arm] += score * context
        self.tried[arm] += 1
        self.spent[arm] += cost

    def to_try(self, context: Context, exploration: float, cost_weight: float, first: int) -> int:
        """Return the arm that is worth trying: an untried one, or that of the best upper bound.

        Args:
            context: (size,).
            exploration: Width of the bounds, in standard errors.
            cost_weight: What the dearest arm's mean cost weighs against a score of 1.
            first: The arm that is tried first; the others follow in turn.
        """
        arms = len(self.tried)
        for arm in ((first + step) % arms for step in range(arms)):
            if not self.tried[arm]:
                return arm
        return self._best(context, exploration, cost_weight)

    def best(self, context: Context, cost_weight: float) -> int:
        """Return the arm that is best as far as is known; one that was never tried only if all are.

        Args:
            context: (size,).
            cost_weight: What the dearest arm's mean cost weighs against a score of 1.
        """
        return self._best(context, 0.0, cost_weight)

    def _best(self, context: Context, exploration: float, cost_weight: float) -> int:
        penalty = np.full(len(context), self.ridge)
        penalty[0] = CONSTANT_RIDGE
        contexts = np.broadcast_to(context[:, None], (*self.moment.shape, 1))
        solved = np.linalg.solve(self.gram + np.diag(penalty), contexts)[:, :, 0]
        widths = np.sqrt(np.maximum(0.0, solved @ context))
        scores = (self.moment * solved).sum(axis=1).clip(0.0, 1.0)
        costs = self.spent / np.maximum(1, self.tried)
        values = scores + exploration * widths - cost_weight * costs / scale_of(costs)
        if self.tried.any():
            values = np.where(self.tried > 0, values, -np.inf)
        return best_branch(values, costs)


def joined(bandits: Sequence[LinearBandit]) -> LinearBandit:
    """Return a bandit that knows what several have learned, at least one."""
    arms, size = bandits[0].moment.shape
    together = LinearBandit(arms, size, bandits[0].ridge)
    for bandit in bandits:
        together.gram += bandit.gram
        together.moment += bandit.moment
        together.tried += bandit.tried
        together.spent += bandit.spent
    return together
