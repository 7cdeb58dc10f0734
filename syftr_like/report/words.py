"""The recommendation, in words."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.results import StudyResult, TrialResult

from .numbers import counted, shown

SEARCHING = "searching"
"""The phase in which trials run, as observers are told it."""

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


def phase_words(phase: str, *, seen: bool) -> str:
    """Return what a study is doing.

    Args:
        phase: As observers are told it.
        seen: Whether anything has come back from a worker.
    """
    if phase == SEARCHING and not seen:
        return f"{phase}: workers start and index the documents first, which takes some seconds"
    return phase


def asked_words(evaluations: int, trials: Sequence[TrialResult]) -> str:
    """Return how many questions were asked, and how many of them are known to have failed.

    Args:
        evaluations: On both splits.
        trials: They know of failures on the tune split.
    """
    failures = sum(trial.failures for trial in trials)
    failed = f" ({failures:,} failed on the tune split)" if failures else ""
    return f"{counted(evaluations, 'question')} asked{failed}"


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
