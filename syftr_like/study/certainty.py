"""How sure it is that each front member belongs there, from the ledger's paired scores."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from syftr_like.contracts import Evaluator
from syftr_like.ledger import Ledger
from syftr_like.results import TrialResult, TrialState
from syftr_like.search.objective import Objective
from syftr_like.statistics.nondominance import ObjectiveScores, p_nondominated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

Scores = Mapping[int, Mapping[str, Mapping[str, float]]]
"""Trial number to question id to metric to score."""


def nondominance(
    ledger: Ledger,
    trials: Sequence[TrialResult],
    front: Sequence[str],
    objectives: Sequence[Objective],
    evaluators: Sequence[Evaluator],
) -> dict[str, float]:
    """Return for each front member the probability that no other member dominates it.

    Empty where a split has too few questions to say: fewer than two that a metric applies to.
    """
    complete = [trial for trial in trials if trial.state is TrialState.COMPLETE]
    members = [trial for trial in complete if trial.id in set(front)]
    tune, holdout = _scores(ledger, "tune"), _scores(ledger, "holdout")
    by_name = {e.name: e for e in evaluators}
    parts = []
    for objective in objectives:
        metric = by_name[objective.metric]
        of_tune = _matrix(tune, [t.number for t in complete], metric.name)
        if of_tune.shape[1] < 2:
            return {}
        parts.append(
            ObjectiveScores(
                of_tune,
                _matrix(holdout, [t.number for t in members], metric.name),
                objective.direction,
                metric.aggregation,
                metric.bounds,
            )
        )
    rows = [complete.index(member) for member in members]
    probabilities = p_nondominated(parts, rows)
    return {m.id: float(p) for m, p in zip(members, probabilities, strict=True)}


def _scores(ledger: Ledger, split: str) -> Scores:
    found: dict[int, dict[str, Mapping[str, float]]] = {}
    for row in ledger.evaluations(split=split):
        found.setdefault(row["trial"], {})[row["question"]] = row["scores"]
    return found


def _matrix(scores: Scores, numbers: Sequence[int], metric: str) -> NDArray[np.float64]:
    """Return one row per trial, one column per question that all of them were scored on."""
    import numpy as np

    per_trial = [
        {q: s[metric] for q, s in scores.get(n, {}).items() if metric in s} for n in numbers
    ]
    shared = sorted(set.intersection(*(set(row) for row in per_trial))) if per_trial else []
    return np.array([[row[q] for q in shared] for row in per_trial], dtype=np.float64).reshape(
        len(numbers), len(shared)
    )
