"""Which difference between two flows the study's questions can show."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from syftr_like.contracts import Evaluator, Mean
from syftr_like.statistics.power import detectable_difference, questions_needed
from syftr_like.study.earlier_run import EarlierRun, Standing, earlier_scores
from syftr_like.study.loading import LoadedStudy

ASSUMED = (0.3, 0.6)
"""Standard deviation of paired differences of scores in 0 to 1: alike flows, unlike flows."""

SMALL_DIFFERENCE = 0.05
MOST_COMPARED = 20
"""Earlier trials that are compared with each other."""

LEAST_COMMON = 8
"""Questions that two earlier trials must share."""


@dataclass(frozen=True, slots=True)
class Resolution:
    """What can be told apart by one metric on one split.

    Attributes:
        metric: A mean over questions.
        unit: Its unit, for people.
        split: `tune` or `holdout`.
        questions: Questions of the split that the metric applies to.
        deviation: Standard deviation of paired differences, from and to.
        source: Where that is known from.
        difference: What is found four times in five, for either deviation.
        needed: Questions that find a difference of .05, for either deviation; None for metrics
            that are no share.
    """

    metric: str
    unit: str
    split: str
    questions: int
    deviation: tuple[float, float]
    source: str
    difference: tuple[float, float]
    needed: tuple[int, int] | None


def resolutions(loaded: LoadedStudy, runs: Path, earlier: EarlierRun | None) -> list[Resolution]:
    """Return what each objective that is a mean can tell apart, on either split.

    The deviation comes from an earlier run of the study where there is one that can be read. Costs
    and times have no natural scale and are told of only then.

    Args:
        loaded: The study.
        runs: The folder of all runs.
        earlier: An earlier run of it.
    """
    objectives = {objective.metric for objective in loaded.objectives}
    means = [
        e for e in loaded.evaluators if e.name in objectives and isinstance(e.aggregation, Mean)
    ]
    readable = earlier is not None and earlier.standing is not Standing.UNREADABLE
    scores = earlier_scores(loaded, runs, MOST_COMPARED) if readable else []
    found = []
    for evaluator in means:
        share = evaluator.bounds == (0.0, 1.0)
        measured = _paired_deviations(evaluator, scores)
        if measured is None and not share:
            continue
        spread = ASSUMED if measured is None else measured
        low, high = spread
        needed = (_needed(low), _needed(high)) if share else None
        source = "assumed" if measured is None else "measured on an earlier run"
        for split, questions in (("tune", loaded.split.tune), ("holdout", loaded.split.holdout)):
            count = sum(evaluator.applies(question) for question in questions)
            if count < 2:
                continue
            found.append(
                Resolution(
                    evaluator.name,
                    evaluator.unit,
                    split,
                    count,
                    spread,
                    source,
                    (detectable_difference(count, low), detectable_difference(count, high)),
                    needed,
                )
            )
    return found


def _needed(deviation: float) -> int:
    return questions_needed(SMALL_DIFFERENCE, deviation)


def _paired_deviations(
    evaluator: Evaluator, trials: Sequence[dict[str, dict[str, float]]]
) -> tuple[float, float] | None:
    """Return the deviation of a pair that is more alike than most, and of one that is less."""
    import numpy as np

    rows = [
        {q: scores[evaluator.name] for q, scores in trial.items() if evaluator.name in scores}
        for trial in trials
    ]
    found = []
    for place, first in enumerate(rows):
        for second in rows[:place]:
            common = [first[q] - second[q] for q in first if q in second]
            if len(common) >= LEAST_COMMON:
                found.append(float(np.std(common, ddof=1)))
    # Two flows that answer all alike say nothing of those that do not.
    found = [deviation for deviation in found if deviation > 0]
    if not found:
        return None
    low, high = np.quantile(found, (0.1, 0.9))
    return float(low), float(high)
