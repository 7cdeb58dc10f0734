"""From the ledger to results: what a trial came to, and what a study came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from syftr_like.contracts import Evaluator, Json
from syftr_like.evaluation import summarize
from syftr_like.front import recommendable, shown_front
from syftr_like.ledger import Ledger, TrialRow
from syftr_like.results import (
    MetricInfo,
    Rung,
    Spent,
    StudyResult,
    TrialResult,
)
from syftr_like.search.objective import Constraint, Objective
from syftr_like.statistics.recommend import recommend

from .certainty import nondominance


def trial_result(
    ledger: Ledger,
    row: TrialRow,
    evaluators: Sequence[Evaluator],
    constraints: Sequence[Constraint],
    order: Sequence[str],
) -> TrialResult:
    """Summarize one trial from its evaluations.

    Args:
        ledger: Where they are.
        row: The trial.
        evaluators: Every metric.
        constraints: What is demanded.
        order: Ids of the tune questions in the order that all trials share.
    """
    tune = {item["question"]: item for item in ledger.evaluations(row.number, "tune")}
    rungs = tuple(
        Rung(
            rung.questions,
            rung.at,
            rung.verdict,
            summarize(evaluators, (tune[q]["scores"] for q in order[: rung.questions])),
        )
        for rung in ledger.rungs(row.number)
    )
    estimates = rungs[-1].tune if rungs else {}
    errors = [item["error"] for item in tune.values() if item["error"] is not None]
    return TrialResult(
        number=row.number,
        params=row.params,
        flow=row.flow,
        state=row.state,
        tune=estimates,
        violations={
            str(c): amount
            for c in constraints
            if c.metric in estimates and (amount := c.violation(estimates[c.metric].value)) > 0
        },
        evaluations=len(tune),
        failures=len(errors),
        first_error=row.error or (errors[0] if errors else None),
        rungs=rungs,
        started_at=row.started_at,
        seconds=(row.finished_at - row.started_at) if row.finished_at else 0.0,
        index_seconds=row.index_seconds,
        usd_index=row.index_usd,
    )


def with_holdout(
    ledger: Ledger, trial: TrialResult, evaluators: Sequence[Evaluator], questions: int
) -> TrialResult:
    """Return the trial with its estimates on the holdout split.

    There are none unless all `questions` were evaluated: an estimate over some of them would
    hide the others.
    """
    scores = [row["scores"] for row in ledger.evaluations(trial.number, "holdout")]
    if len(scores) < questions:
        return trial
    return replace(trial, holdout=summarize(evaluators, scores))


def study_result(
    *,
    name: str,
    objectives: tuple[Objective, ...],
    constraints: tuple[Constraint, ...],
    evaluators: Sequence[Evaluator],
    trials: Sequence[TrialResult],
    ledger: Ledger,
    facts: Mapping[str, Mapping[str, Json]],
    seconds: float,
    ended: str,
) -> StudyResult:
    """Put a study's result together.

    Args:
        name: The study.
        objectives: What was optimized.
        constraints: What was demanded.
        evaluators: Every metric, objectives first.
        trials: Every trial, those on the front with their holdout estimates.
        ledger: Where the totals come from.
        facts: `dataset`, `space` and `search` for people.
        seconds: Wall time of the study.
        ended: Why it ended.
    """
    front = shown_front(trials, objectives, constraints)
    by_id = {trial.id: trial for trial in trials}
    members = recommendable([by_id[id] for id in front])
    totals = ledger.totals()
    return StudyResult(
        study=name,
        objectives=objectives,
        constraints=constraints,
        metrics=tuple(
            MetricInfo(e.name, e.direction.value, e.unit, e.summary()) for e in evaluators
        ),
        trials=tuple(trials),
        front=front,
        p_nondominated=nondominance(ledger, trials, front, objectives, evaluators),
        recommended=recommend(
            [member.id for member in members],
            [[member.tune[o.metric].value for o in objectives] for member in members],
            [o.direction for o in objectives],
            relative=evaluators[0].unit != "share",
        ),
        dataset=facts["dataset"],
        space=facts["space"],
        spent=Spent(
            usd=totals["usd"],
            seconds=seconds,
            trials=len(trials),
            evaluations=int(totals["evaluations"]),
            model_calls=int(totals["model_calls"]),
            cache_hits=int(totals["cache_hits"]),
            index_builds=int(totals["index_builds"]),
        ),
        search=facts["search"],
        ended=ended,
    )
