"""The text that MLflow shows on the run `summary`."""

from __future__ import annotations

from syftr_like.report.numbers import shown_estimate
from syftr_like.results import StudyResult


def summary_note(result: StudyResult) -> str:
    """Return the front as a Markdown table, with the recommendation."""
    units = {info.name: info.unit for info in result.metrics}
    names = [objective.metric for objective in result.objectives]
    lines = [
        f"# Front of {result.study}",
        "",
        "| flow | " + " | ".join(f"{name} (holdout)" for name in names) + " |",
        "|---|" + "---|" * len(names),
    ]
    for id in result.front:
        trial = result.trial(id)
        estimates = trial.holdout or trial.tune
        cells = [shown_estimate(estimates[name], units[name]) for name in names]
        lines.append(f"| {id} | " + " | ".join(cells) + " |")
    lines.append("")
    for name, chosen in result.recommended.items():
        if chosen is not None:
            lines.append(f"- **{name.replace('_', ' ')}**: {chosen}")
    return "\n".join(lines)
