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
        Shape (trials,). With fewer than `LEAST_TRIALS` trials, `own`.

    References:
        Breiman: Random forests. Machine Learning 45, 2001. Efron, Morris: Data analysis using
        Stein's estimator and its generalizations. JASA 70, 1975.
    """
    import numpy as np
    from sklearn.ensemble import RandomForestRegressor

    if len(own) < LEAST_TRIALS:
        return own
    weights = 1 / errors
    forest = RandomForestRegressor(
        TREES, min_samples_leaf=LEAST_IN_LEAF, oob_score=True, random_state=0
    )
    forest.fit(features, own, sample_weight=weights)
    expected = np.asarray(forest.oob_prediction_, dtype=np.float64)
    missed = float(np.average((own - expected) ** 2 - errors, weights=weights))
    if missed <= 0:  # predictions are as good as the scores can tell
        missed = float(errors.min()) * 1e-3
    informed: Floats = (own * weights + expected / missed) / (weights + 1 / missed)
    return informed
