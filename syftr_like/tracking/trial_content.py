"""A trial as a run, as far as its result tells: also while it runs."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping

from syftr_like.report.choices import choices_text
from syftr_like.results import TrialResult, TrialState
from syftr_like.statistics.estimate import Estimate

from .content import FAILED, FINISHED, KILLED, RUNNING, MetricPoint, RunContent, milliseconds
from .datasets import split_dataset
from .source import StudySource

KIND, TRIAL, SUMMARY = "syftr_like.kind", "trial", "summary"
NAME = "syftr_like.trial"
CREATED = "syftr_like.study_created"
NOTE = "mlflow.note.content"  # the tag that the UI shows as the run's description

LONGEST_TAG = 5000
LONGEST_PARAMETER = 6000

NO_HISTORY = 0
"""The step of a value that has one point: MLflow then draws bars, not lines of one dot each."""

_STATUS = {
    TrialState.RUNNING: RUNNING,
    TrialState.PAUSED: RUNNING,
    TrialState.COMPLETE: FINISHED,
    TrialState.STOPPED: FINISHED,
    TrialState.INTERRUPTED: KILLED,
    TrialState.FAILED: FAILED,
    # What it measured still holds; its tag tells it from those that the space holds.
    TrialState.OUTSIDE: FINISHED,
}


def trial_content(trial: TrialResult, created: str, source: StudySource | None) -> RunContent:
    """Return what is known of a trial without the others: it is on no front yet.

    Args:
        trial: The trial, whose times are those of the ledger.
        created: `created_tag` of the study.
        source: The questions it is asked; None where the dataset is gone.
    """
    running = _STATUS[trial.state] == RUNNING
    tags = {
        KIND: TRIAL,
        NAME: trial.id,
        CREATED: created,
        "state": trial.state.value,
        "pareto": "false",
        "feasible": str(trial.feasible).lower(),
        "configuration": json.dumps(dict(trial.params), ensure_ascii=False)[:LONGEST_TAG],
        NOTE: choices_text(trial),
    }
    if trial.first_error:
        tags["first_error"] = trial.first_error[:LONGEST_TAG]
    if trial.violations:
        tags["violations"] = "; ".join(f"{c} by {a:.4g}" for c, a in trial.violations.items())
    return RunContent(
        name=trial.id,
        started=milliseconds(trial.started_at),
        ended=None if running else milliseconds(_ended_at(trial)),
        status=_STATUS[trial.state],
        tags=tags,
        params={path: str(value)[:LONGEST_PARAMETER] for path, value in trial.params.items()},
        metrics=tuple(_metrics(trial, running)),
        datasets=() if source is None else (split_dataset(source, "tune"),),
    )


def created_tag(created_at: float) -> str:
    """Return what tells one run of a study from another, also after `--fresh`."""
    return repr(created_at)


def estimates_at(
    estimates: Mapping[str, Estimate], at: int, step: int, prefix: str = ""
) -> Iterator[MetricPoint]:
    """Yield the points of estimates: `<metric>`, `<metric>_low`, `<metric>_high`."""
    for metric, estimate in estimates.items():
        for name, value in (
            (metric, estimate.value),
            (f"{metric}_low", estimate.low),
            (f"{metric}_high", estimate.high),
        ):
            if value is not None:
                yield MetricPoint(prefix + name, float(value), at, step)


def _ended_at(trial: TrialResult) -> float:
    """Return when the last thing happened in a trial that runs no more, as seconds.

    The ledger's end of one that is outside is when the space was changed, however much later.
    """
    if trial.state is TrialState.OUTSIDE and trial.rungs:
        return trial.rungs[-1].at
    return trial.started_at + trial.seconds


def _metrics(trial: TrialResult, running: bool) -> Iterator[MetricPoint]:
    """Yield the history: where it stood at each rung, and where it ended.

    Without rungs, as in a study that does not stop trials early, there is no history.
    """
    ended = milliseconds(_ended_at(trial))
    for rung in trial.rungs:
        if rung.questions == trial.evaluations and not running:
            ended = milliseconds(rung.at)  # the last rung and the end are one point
        else:
            yield from estimates_at(rung.tune, milliseconds(rung.at), rung.questions)
    if running:
        return
    step = trial.evaluations if trial.rungs else NO_HISTORY
    yield from estimates_at(trial.tune, ended, step)
    for name, value in (
        ("evaluations", trial.evaluations),
        ("failures", trial.failures),
        ("usd_index", trial.usd_index),
        ("index_seconds", trial.index_seconds),
    ):
        yield MetricPoint(name, float(value), ended, NO_HISTORY)
