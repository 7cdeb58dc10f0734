"""`trials.csv`: one row per trial."""

from __future__ import annotations

import pandas as pd

from syftr_like.results import StudyResult, TrialResult


def trials_frame(result: StudyResult) -> pd.DataFrame:
    """Return one row per trial, in order of proposal.

    Columns: `id`, `state`, `on_front`, `feasible`, `evaluations`, `failures`, `seconds`,
    `index_seconds`, `usd_index`, `first_error`; each metric with `_low` and `_high`; each
    searched parameter by its path, empty where it is not active; the front's holdout values
    as `holdout_<metric>`.
    """
    front = set(result.front)
    return pd.DataFrame([_row(result, trial, trial.id in front) for trial in result.trials])


def _row(result: StudyResult, trial: TrialResult, on_front: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "id": trial.id,
        "state": trial.state.value,
        "on_front": on_front,
        "feasible": trial.feasible,
        "evaluations": trial.evaluations,
        "failures": trial.failures,
        "seconds": round(trial.seconds, 3),
        "index_seconds": round(trial.index_seconds, 6),
        "usd_index": trial.usd_index,
        "first_error": trial.first_error,
    }
    for prefix, estimates in (("", trial.tune), ("holdout_", trial.holdout)):
        for info in result.metrics:
            estimate = estimates.get(info.name)
            if estimate is not None:
                row[f"{prefix}{info.name}"] = estimate.value
                row[f"{prefix}{info.name}_low"] = estimate.low
                row[f"{prefix}{info.name}_high"] = estimate.high
    return row | dict(trial.params)
