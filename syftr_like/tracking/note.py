"""The text that MLflow shows on the run `summary` and on the experiment."""

from __future__ import annotations

from syftr_like.report.numbers import shown_estimate
from syftr_like.report.words import recommendation_sentences, recommended_names
from syftr_like.results import StudyResult

MOST_SHOWN = 30
"""Members of the front: MLflow cuts a text after 8,000 characters."""


def summary_note(result: StudyResult) -> str:
    """Return the recommendation and the front as Markdown."""
    units = {info.name: info.unit for info in result.metrics}
    names = recommended_names(result)
    objectives = [objective.metric for objective in result.objectives]
    lines = [f"# {result.study}", ""]
    lines += [f"- {sentence}" for sentence in recommendation_sentences(result)]
    lines += ["", f"Ended: {result.ended}." if result.ended else "It still runs.", ""]
    if not result.front:
        return "\n".join([*lines, "No flow keeps all constraints."])
    lines += [
        "| flow | recommended | " + " | ".join(objectives) + " |",
        "|---|---|" + "---|" * len(objectives),
    ]
    for place, id in enumerate(result.front):
        if place == MOST_SHOWN:
            lines.append(f"| and {len(result.front) - place} more |" + " |" * (len(objectives) + 1))
            break
        trial = result.trial(id)
        estimates = trial.holdout or trial.tune
        cells = [shown_estimate(estimates[name], units[name]) for name in objectives]
        lines.append(f"| {id} | {', '.join(names.get(id, []))} | " + " | ".join(cells) + " |")
    return "\n".join([*lines, "", "Values on the holdout split with their 95 % intervals."])
