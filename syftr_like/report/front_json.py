"""`front.json`: the front, the recommendation and what was spent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from syftr_like.results import StudyResult, TrialResult
from syftr_like.statistics.estimate import Estimate


def front_document(result: StudyResult) -> dict[str, Any]:
    """Return the content of `front.json`; its keys are a contract with people's scripts."""
    return {
        "study": result.study,
        "objectives": [
            {"metric": o.metric, "direction": o.direction.value} for o in result.objectives
        ],
        "constraints": [str(c) for c in result.constraints],
        "feasible": result.feasible,
        "front": [_member(result, result.trial(id)) for id in result.front],
        "recommended": dict(result.recommended),
        "spent": asdict(result.spent),
        "ended": result.ended,
    }


def _member(result: StudyResult, trial: TrialResult) -> dict[str, Any]:
    return {
        "id": trial.id,
        "params": dict(trial.params),
        "tune": _estimates(trial.tune),
        "holdout": _estimates(trial.holdout),
        "p_nondominated": result.p_nondominated.get(trial.id),
        "evaluations": trial.evaluations,
        "failures": trial.failures,
        "feasible": trial.feasible,
        "violations": dict(trial.violations),
        "usd_index": trial.usd_index,
    }


def _estimates(estimates: Mapping[str, Estimate]) -> dict[str, Any]:
    return {
        metric: {"value": e.value, "low": e.low, "high": e.high} for metric, e in estimates.items()
    }
