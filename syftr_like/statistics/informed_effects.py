"""What trials are worth, judged by their own scores and by what trials like them scored."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

LEAST_TRIALS = 20
"""With fewer trials there is nothing to learn from others."""

TREES = 60
LEAST_IN_LEAF = 3


def informed_effects(own: Floats, errors: Floats, features: Floats) -> Floats:
    """Return the effects of trials, each drawn towards what its configuration lets expect.

    A few questions say little of a trial, but trials whose configurations differ in one decision
    answer mostly alike. A forest of trees learns from the other trials what a configuration is
    worth; each trial is predicted by the trees only that did not see it. How far the prediction
    counts beside a trial's own scores follows from how well predictions do (empirical Bayes).

    Args:
        own: Shape (trials,): the effect of each by its own scores.
        errors: Shape (trials,): their variances; above 0.
        features: Shape (trials, columns): a configuration in each row.

    Returns:
        Shape (trials,). With fewer than `LEAST_TRIALS` trials, or equal effects, `own`.

    References:
        Breiman: Random forests. Machine Learning 45, 2001. Efron, Morris: Data analysis using
        Stein's estimator and its generalizations. JASA 70, 1975.
    """
    import numpy as np

    if len(own) < LEAST_TRIALS:
        return own
    deviation = float(own.std())
    if deviation == 0:
        return own
    weights = 1 / errors
    # Trees take variances below some absolute size for none.
    expected = deviation * _unseen_predictions(own / deviation, weights / weights.mean(), features)
    missed = float(np.average((own - expected) ** 2 - errors, weights=weights))
    if missed <= 0:  # predictions are as good as the scores can tell
        missed = float(errors.min()) * 1e-3
    informed: Floats = (own * weights + expected / missed) / (weights + 1 / missed)
    return informed


def _unseen_predictions(own: Floats, weights: Floats, features: Floats) -> Floats:
    """Return for each trial the mean prediction of the trees that did not see it.

    Bootstraps are drawn evenly and weights given to the trees. A library's forest may draw by
    weight instead, and then no tree is left that did not see a trial of large weight.
    """
    import numpy as np
    from sklearn.tree import DecisionTreeRegressor

    rng = np.random.default_rng(0)
    total, count = np.zeros(len(own)), np.zeros(len(own))
    for _ in range(TREES):
        drawn = rng.integers(len(own), size=len(own))
        unseen = np.setdiff1d(np.arange(len(own)), drawn)
        tree = DecisionTreeRegressor(min_samples_leaf=LEAST_IN_LEAF, random_state=0)
        tree.fit(features[drawn], own[drawn], sample_weight=weights[drawn])
        total[unseen] += tree.predict(features[unseen])
        count[unseen] += 1
    # Of 60 bootstraps all hold a given trial once in 10^12 times; the mean is then all there is.
    mean = np.average(own, weights=weights)
    predicted: Floats = np.where(count > 0, total / np.maximum(count, 1), mean)
    return predicted
