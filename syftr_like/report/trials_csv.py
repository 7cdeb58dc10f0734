"""`trials.csv`: one row per trial."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import pandas as pd

from syftr_like.results import StudyResult, TrialResult
from syftr_like.statistics.estimate import Estimate

COLUMNS = (
    "id",
    "state",
    "on_front",
    "feasible",
    "evaluations",
    "failures",
    "seconds",
    "index_seconds",
    "usd_index",
    "first_error",
)


def trials_frame(result: StudyResult) -> pd.DataFrame:
    """Return one row per trial, in order of proposal.

    Columns: those of `COLUMNS`; each metric with `_low` and `_high`, and the same as
    `holdout_<metric>`, which only members of the front have; each searched parameter by its
    path, sorted, empty where it is not active (as `params.<path>` where a column has that name
    already). They are the same however the trials ended.
    """
    columns = [*COLUMNS, *estimate_columns(result)]
    taken = frozenset(columns)
    columns += sorted({_column(p, taken) for trial in result.trials for p in trial.params})
    rows = [
        _row(trial, trial.id in result.front)
        | {_column(path, taken): value for path, value in trial.params.items()}
        for trial in result.trials
    ]
    return pd.DataFrame({column: _series(column, rows) for column in columns})


def estimate_columns(result: StudyResult) -> list[str]:
    """Return the columns of the metrics, with their intervals."""
    return [
        f"{prefix}{info.name}{end}"
        for prefix in ("", "holdout_")
        for info in result.metrics
        for end in ("", "_low", "_high")
    ]


def _series(column: str, rows: Sequence[Mapping[str, object]]) -> pd.Series[Any]:
    """Return a column; whole numbers stay whole numbers where some rows have none."""
    values = [row.get(column) for row in rows]
    some = [value for value in values if value is not None]
    whole = some and all(isinstance(v, int) and not isinstance(v, bool) for v in some)
    return pd.Series(values, dtype="Int64") if whole else pd.Series(values)


def _column(path: str, taken: Collection[str]) -> str:
    return f"params.{path}" if path in taken else path


def _row(trial: TrialResult, on_front: bool) -> dict[str, object]:
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
    return row | dict(_named("", trial.tune)) | dict(_named("holdout_", trial.holdout))


def _named(prefix: str, estimates: Mapping[str, Estimate]) -> Iterator[tuple[str, object]]:
    for metric, estimate in estimates.items():
        yield f"{prefix}{metric}", estimate.value
        yield f"{prefix}{metric}_low", estimate.low
        yield f"{prefix}{metric}_high", estimate.high
