"""The recommendation, in sentences."""

from __future__ import annotations

from syftr_like.results import StudyResult

from .numbers import shown


def recommendation_sentences(result: StudyResult) -> list[str]:
    """Return one sentence per recommended flow: what it is, and what it costs."""
    what = {
        "knee": "The knee, where giving up a little of one objective buys the most of the others",
        "best": "The best by the first objective",
        "cheapest_within": "The cheapest whose first objective is near the best",
    }
    units = {info.name: info.unit for info in result.metrics}
    sentences = []
    for name, id in result.recommended.items():
        if id is None:
            continue
        trial = result.trial(id)
        split, estimates = ("holdout", trial.holdout) if trial.holdout else ("tune", trial.tune)
        values = ", ".join(
            f"{o.metric} {shown(estimates[o.metric].value, units[o.metric])}"
            for o in result.objectives
        )
        sentences.append(f"{what.get(name, name)}, is {id}: {values} ({split} split).")
    return sentences
