"""How the front grew while the study ran."""

from __future__ import annotations

import math
from bisect import bisect_right
from collections.abc import Sequence
from typing import TYPE_CHECKING

from syftr_like.front import recommendable
from syftr_like.ledger import Ledger
from syftr_like.results import StudyResult
from syftr_like.search.objective import losses
from syftr_like.statistics.pareto import hypervolume

if TYPE_CHECKING:
    import pandas as pd

ROOM = 1.05
"""The reference point, where 0 is the best and 1 the worst value of an objective: a trial that is
worst in one objective still counts."""


def front_history(result: StudyResult, ledger: Ledger) -> pd.DataFrame:
    """Return the hypervolume of the front each time a feasible trial was completed.

    Objectives that are positive and minimized are compared by ratio. Each is scaled so that the
    best and the worst of all those trials are 0 and 1; the reference point is `ROOM` in each. The
    last row is 1: shares of what the study ended with. Flows that never answer are
    left out, as in the plots.

    Returns:
        Columns `trial`, `questions` (tune questions that all trials had answered by then),
        `seconds` (since the first trial started) and `hypervolume`; no row without such a trial.
    """
    import pandas as pd

    members = recommendable([trial for trial in result.trials if trial.feasible])
    ended = sorted(
        ((trial.rungs[-1].at, trial) for trial in members if trial.rungs), key=lambda pair: pair[0]
    )
    columns = ["trial", "questions", "seconds", "hypervolume"]
    if not ended:
        return pd.DataFrame(columns=columns)
    table = _scaled(
        [
            losses(result.objectives, {m: e.value for m, e in trial.tune.items()})
            for _, trial in ended
        ]
    )
    reference = [ROOM] * len(result.objectives)
    volumes = [hypervolume(table[: count + 1], reference) for count in range(len(table))]
    answered = sorted(row["finished_at"] for row in ledger.evaluations(split="tune"))
    began = min(trial.started_at for trial in result.trials)
    rows = [
        (trial.id, bisect_right(answered, at), at - began, volume / volumes[-1])
        for (at, trial), volume in zip(ended, volumes, strict=True)
    ]
    return pd.DataFrame(rows, columns=columns)


def _scaled(table: Sequence[Sequence[float]]) -> list[list[float]]:
    """Return the losses with each column from 0 to 1, by ratio where all are positive."""
    columns = []
    for column in zip(*table, strict=True):
        values = [math.log(loss) for loss in column] if min(column) > 0 else list(column)
        best, span = min(values), max(values) - min(values)
        columns.append([(value - best) / span if span else 0.0 for value in values])
    return [list(row) for row in zip(*columns, strict=True)]
