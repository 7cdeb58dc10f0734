"""Results made by hand: any number of objectives, and text that means harm."""

from __future__ import annotations

import random

from syftr_like.contracts import Direction
from syftr_like.results import MetricInfo, Spent, StudyResult, TrialResult, TrialState
from syftr_like.search.objective import Constraint, Objective
from syftr_like.statistics.estimate import Estimate

METRICS = {
    "answer_match": MetricInfo("answer_match", "maximize", "share", "Share answered correctly."),
    "usd_per_1k_questions": MetricInfo("usd_per_1k_questions", "minimize", "USD", "Dollars."),
    "latency_p95_s": MetricInfo("latency_p95_s", "minimize", "s", "Seconds."),
    "context_tokens": MetricInfo("context_tokens", "minimize", "tokens", "Tokens read."),
    "retrieval_recall": MetricInfo("retrieval_recall", "maximize", "share", "Evidence found."),
    "failure_rate": MetricInfo("failure_rate", "minimize", "share", "Share that failed."),
}
THREE = ("answer_match", "usd_per_1k_questions", "latency_p95_s")


def estimate(value: float, spread: float = 0.15) -> Estimate:
    return Estimate(value, value * (1 - spread), value * (1 + spread), 120)


def make_trial(
    number: int,
    tune: dict[str, Estimate],
    holdout: dict[str, Estimate] | None = None,
    *,
    option: str = "extractive_reader",
    params: dict[str, object] | None = None,
    violations: dict[str, float] | None = None,
    first_error: str | None = None,
    state: TrialState = TrialState.COMPLETE,
) -> TrialResult:
    nodes = [
        {"name": "chunks", "option": "recursive_splitter", "parameters": {}},
        {"name": "passages", "option": "hybrid", "parameters": {}},
        {"name": "answer", "option": option, "parameters": {}},
    ]
    return TrialResult(
        number=number,
        params={"passages.hybrid.k": 3 + number, **(params or {})},
        flow={"nodes": nodes},
        state=state,
        tune=tune,
        holdout=holdout or {},
        violations=violations or {},
        evaluations=120,
        failures=2 if first_error else 0,
        first_error=first_error,
        index_seconds=0.2,
        usd_index=1e-6,
    )


def make_result(
    trials: list[TrialResult],
    front: tuple[str, ...],
    *,
    objectives: tuple[str, ...] = THREE,
    recommended: dict[str, str | None] | None = None,
    study: str = "made",
) -> StudyResult:
    named = {"knee": None, "best": None, "cheapest_within": None} | (recommended or {})
    return StudyResult(
        study=study,
        objectives=tuple(Objective(n, Direction(METRICS[n].direction)) for n in objectives),
        constraints=(Constraint("failure_rate", "<=", 0.1),),
        metrics=tuple(METRICS[n] for n in dict.fromkeys((*objectives, "failure_rate"))),
        trials=tuple(trials),
        front=front,
        p_nondominated=dict.fromkeys(front, 0.8),
        recommended=named,
        dataset={"documents": 61, "tune": 125, "holdout": 83},
        space={"cardinality": "infinitely many flows (82 without counting 2 real-valued"
               " parameters)", "parameters": 16},
        spent=Spent(0.0, 42.0, len(trials), 5000, 0, 0),
        search={
            "method": "tpe",
            "seed": 0,
            "early_stopping": "hyperband",
            "usd_per_cpu_hour": 0.04,
        },
        ended=f"all {len(trials)} trials are done",
    )  # fmt: skip


def usual_result(
    trials: int = 30, objectives: tuple[str, ...] = THREE, seed: int = 0
) -> StudyResult:
    """A study as they often come out: one trivial flow far away, the others close together."""
    rng = random.Random(seed)
    scales = {"usd_per_1k_questions": 2e-5, "latency_p95_s": 0.01, "context_tokens": 300}
    made = []
    for number in range(trials):
        quality = 0.19 if number == 1 else rng.uniform(0.2, 0.4)
        cost = 1e-3 if number == 1 else (0.5 + 2 * quality) * rng.uniform(0.8, 1.5)
        values = {name: estimate(cost * scales.get(name, 0.0) or quality) for name in objectives}
        made.append(make_trial(number, values | {"failure_rate": Estimate(0.0, 0.0, 0.03, 120)}))
    by_quality = sorted(made, key=lambda t: -t.tune[objectives[0]].value)
    front = [t for t in by_quality[:6] if t.number != 1] + [made[1]]
    for trial in front:
        holdout = {m: estimate(e.value * 1.05) for m, e in trial.tune.items()}
        made[trial.number] = make_trial(trial.number, dict(trial.tune), holdout)
    ids = tuple(trial.id for trial in front)
    recommended = {"knee": ids[1], "best": ids[0], "cheapest_within": ids[2]}
    return make_result(made, ids, objectives=objectives, recommended=recommended)
