"""What the ledger holds as tables: evaluations, rungs, questions, cost by node."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from syftr_like.contracts import Question
from syftr_like.ledger import Ledger
from syftr_like.results import StudyResult, TrialResult, trial_id

if TYPE_CHECKING:
    import pandas as pd

SECONDS_PER_HOUR = 3600


def evaluations_frame(ledger: Ledger) -> pd.DataFrame:
    """Return one row per evaluation: the ledger's columns, each metric as `score_<metric>`."""
    import pandas as pd

    rows = []
    for row in ledger.evaluations():
        kept = {k: v for k, v in row.items() if k not in ("scores", "nodes", "retrieved")}
        rows.append(kept | _scores(row))
    return pd.DataFrame(rows)


def front_frame(result: StudyResult) -> pd.DataFrame:
    """Return one row per front member, best first objective first; the index is the id.

    Columns: the objectives, their values on the holdout split, their intervals, the searched
    parameters, then what else `trials.csv` holds. Those in which no row has a value are left out.
    """
    from syftr_like.report.trials_csv import COLUMNS, estimate_columns, trials_frame

    frame = trials_frame(result).set_index("id").loc[list(result.front)]
    names = [objective.metric for objective in result.objectives]
    values = [*names, *(f"holdout_{name}" for name in names)]
    intervals = [f"{value}{end}" for value in values for end in ("_low", "_high")]
    others = {*COLUMNS, *estimate_columns(result)}
    parameters = [column for column in frame.columns if column not in others]
    first = [*values, *intervals, *parameters]
    rest = [column for column in frame.columns if column not in first]
    return frame[[*first, *rest]].dropna(axis="columns", how="all")


def rungs_frame(result: StudyResult) -> pd.DataFrame:
    """Return one row per rung that a trial reached, by trial and questions.

    Columns: `trial`, `questions`, `seconds` (since the first trial started), `verdict`, and each
    objective with `_low` and `_high` over these questions.
    """
    import pandas as pd

    began = min((trial.started_at for trial in result.trials), default=0.0)
    metrics = [objective.metric for objective in result.objectives]
    ends = [f"{metric}{end}" for metric in metrics for end in ("", "_low", "_high")]
    rows = []
    for trial in result.trials:
        for rung in trial.rungs:
            row: dict[str, object] = {
                "trial": trial.id,
                "questions": rung.questions,
                "seconds": rung.at - began,
                "verdict": rung.verdict,
            }
            for metric in metrics:
                estimate = rung.tune.get(metric)
                if estimate is not None:
                    row[metric] = estimate.value
                    row[f"{metric}_low"], row[f"{metric}_high"] = estimate.low, estimate.high
            rows.append(row)
    return pd.DataFrame(rows, columns=["trial", "questions", "seconds", "verdict", *ends])


def questions_frame(
    result: StudyResult, ledger: Ledger, splits: Mapping[str, Sequence[Question]]
) -> pd.DataFrame:
    """Return one row per question, in the order in which trials see them, tune first.

    Columns: `split`, `question`, `answers`, `answerable`, `trials` (how many answered it, those
    that saw the whole split only), and their mean score of each objective that has one for single
    questions, as `mean_<metric>`. The index is the question's id.

    Trials that were stopped early are left out, so that every question of a split is judged by the
    same trials.
    """
    import pandas as pd

    whole = {t.number for t in result.trials if len(t.rungs) and t.rungs[-1].verdict == "complete"}
    metrics = [objective.metric for objective in result.objectives]
    scores: dict[str, list[Mapping[str, float]]] = {}
    for row in ledger.evaluations():
        if row["trial"] in whole:
            scores.setdefault(row["question"], []).append(row["scores"])
    rows = []
    for split, questions in splits.items():
        for question in questions:
            found = scores.get(question.id, [])
            row = {
                "id": question.id,
                "split": split,
                "question": question.question,
                "answers": list(question.answers),
                "answerable": question.answerable,
                "trials": len(found),
            }
            for metric in metrics:
                values = [each[metric] for each in found if metric in each]
                row[f"mean_{metric}"] = sum(values) / len(values) if values else None
            rows.append(row)
    return pd.DataFrame(rows).set_index("id")


def question_frame(result: StudyResult, ledger: Ledger, question: str) -> pd.DataFrame:
    """Return one row per trial that was asked a question, in order of proposal.

    Columns: `on_front`, `components`, `answer`, `abstained`, `confidence`, `error`, `latency_s`,
    `usd`, each metric as `score_<metric>`, and `retrieved`: the documents of the last passages
    that the flow found, best first. The index is the trial's id.
    """
    import pandas as pd

    from syftr_like.report.choices import choices_text

    rows = []
    for row in ledger.evaluations():
        if row["question"] != question:
            continue
        trial = result.trial(trial_id(row["trial"]))
        taken = ("answer", "abstained", "confidence", "error", "latency_s", "usd")
        rows.append(
            {
                "id": trial.id,
                "on_front": trial.id in result.front,
                "components": choices_text(trial),
                **{name: row[name] for name in taken},
                **_scores(row),
                "retrieved": _documents(row, trial),
            }
        )
    return pd.DataFrame(rows).set_index("id") if rows else pd.DataFrame()


def costs_frame(
    ledger: Ledger, trial: TrialResult, split: str, usd_per_cpu_hour: float
) -> pd.DataFrame:
    """Return what each node of a flow costs per question, in the order of the graph.

    Columns, all means over the questions that the trial was asked: `seconds` of wall time,
    `cpu_seconds`, `usd_cpu`, `usd_models` (what its model calls cost, also those that a cache
    answered), `usd`, and `share` of the flow's cost. The index is the node's name. Index-time work
    is not in it: it is done once.
    """
    import pandas as pd

    evaluations = list(ledger.evaluations(trial.number, split))
    totals: dict[str, dict[str, Any]] = {}
    for row in evaluations:
        for node, component, seconds, _, cpu, *_ in row["nodes"]:
            into = totals.setdefault(node, {"component": component, "seconds": 0.0, "cpu": 0.0})
            into["seconds"] += seconds
            into["cpu"] += cpu
    models: dict[str, float] = {}
    for call in ledger.model_calls(trial.number):
        if call["split"] == split:
            models[call["node"]] = models.get(call["node"], 0.0) + call["usd"]
    count = max(1, len(evaluations))
    rows = []
    for node, total in totals.items():
        usd_cpu = total["cpu"] / count * usd_per_cpu_hour / SECONDS_PER_HOUR
        usd_models = models.get(node, 0.0) / count
        rows.append(
            {
                "node": node,
                "component": total["component"],
                "seconds": total["seconds"] / count,
                "cpu_seconds": total["cpu"] / count,
                "usd_cpu": usd_cpu,
                "usd_models": usd_models,
                "usd": usd_cpu + usd_models,
            }
        )
    columns = ["node", "component", "seconds", "cpu_seconds", "usd_cpu", "usd_models", "usd"]
    frame = pd.DataFrame(rows, columns=columns).set_index("node")
    whole = frame["usd"].sum()
    frame["share"] = frame["usd"] / whole if whole > 0 else 0.0
    return frame


def _scores(row: Mapping[str, Any]) -> dict[str, float]:
    return {f"score_{name}": value for name, value in row["scores"].items()}


def _documents(row: Mapping[str, Any], trial: TrialResult) -> list[str]:
    """Return the documents of what the flow's last node with passages put out, each once."""
    nodes: Any = trial.flow["nodes"]
    order = [node["name"] for node in nodes]
    found = sorted(row["retrieved"], key=lambda name: order.index(name) if name in order else -1)
    if not found:
        return []
    return list(dict.fromkeys(document for document, *_ in row["retrieved"][found[-1]]))
