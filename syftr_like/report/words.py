"""The recommendation, in words."""

from __future__ import annotations

from syftr_like.results import StudyResult

from .numbers import shown

NAMES = {
    "knee": "knee",
    "best": "best",
    "cheapest_within": "cheapest near the best",
}
"""What the keys of `recommended` are called."""

_MEANINGS = {
    "knee": "The knee, where giving up a little of one objective buys the most of the others,",
    "best": "The best by the first objective",
    "cheapest_within": "The cheapest whose first objective is near the best",
}


def recommended_names(result: StudyResult) -> dict[str, list[str]]:
    """Return trial id to what it is recommended as, such as `knee`, in the order of the result."""
    names: dict[str, list[str]] = {}
    for key, id in result.recommended.items():
        if id is not None:
            names.setdefault(id, []).append(NAMES.get(key, key.replace("_", " ")))
    return names


def recommendation_sentences(result: StudyResult) -> list[str]:
    """Return one sentence per recommended flow: what it is, and what it costs."""
    units = {info.name: info.unit for info in result.metrics}
    sentences = []
    for key, id in result.recommended.items():
        if id is None:
            continue
        trial = result.trial(id)
        split, estimates = ("holdout", trial.holdout) if trial.holdout else ("tune", trial.tune)
        values = ", ".join(
            f"{o.metric} {shown(estimates[o.metric].value, units[o.metric])}"
            for o in result.objectives
        )
        sentences.append(f"{_MEANINGS.get(key, key)} is {id}: {values} ({split} split).")
    return sentences
