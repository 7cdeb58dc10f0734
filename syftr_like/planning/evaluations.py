"""How many questions the trials of a study answer: the early stopping object, played through."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from syftr_like.search import EarlyStopping, Feedback, Verdict
from syftr_like.statistics.pareto import non_dominated

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

MOST_OUTRUN = 0.3
"""At most such a share of the trials that go on is taken to be stopped by racing at a level.

On the quickstart it stops none of 60: so much is the likeliest case.
"""

MOST_LEARNED = 0.5
"""By how much the last trials may be better than the first, of the width of all standings."""


@dataclass(frozen=True, slots=True)
class Played:
    """How one search went.

    Attributes:
        answered: How many questions each trial answers.
        begun: How often each is prepared: when it begins, and when it goes on after a pause.
        judged: How often each reports.
        front: Size of the front among those that answer all; 0 where none does.
    """

    answered: tuple[int, ...]
    begun: tuple[int, ...]
    judged: tuple[int, ...]
    front: int


def played(
    make: Callable[[], EarlyStopping],
    trials: int,
    *,
    racing: bool,
    learning: bool,
    rng: np.random.Generator,
) -> Played:
    """Play a search in which every trial has a true standing and is seen through noise.

    Objectives are in conflict to a random degree. How often racing stops a trial depends on the
    flows: in half of the searches it stops none, in the others a share of up to `MOST_OUTRUN`.

    Args:
        make: Makes the study's early stopping.
        trials: How many trials begin.
        racing: Whether trials that a front member beats for sure are stopped.
        learning: Whether the search learns from its trials.
        rng: Source of randomness.
    """
    import numpy as np

    stopping = make()
    objectives = len(stopping.objectives)
    # Where a search learns, later trials are better, and it is they that go on.
    progress = rng.uniform(0, MOST_LEARNED) if learning else 0.0
    truth = _standings(trials, objectives, rng)
    truth -= progress * (np.arange(trials) / trials)[:, None]
    outrun = max(0.0, rng.uniform(-MOST_OUTRUN, MOST_OUTRUN)) if racing else 0.0
    answered, begun, judged = [0] * trials, [0] * trials, [0] * trials
    complete: list[int] = []

    def go_on(number: int) -> None:
        begun[number] += 1
        for level in stopping.levels:
            if level <= answered[number]:
                continue
            answered[number] = level
            judged[number] += 1
            seen = truth[number] + rng.normal(0, 0.5 / level**0.5, objectives)
            feedback = Feedback(tuple(map(float, seen)), (0.0,) * len(stopping.constraints))
            verdict = stopping.report(number, level, feedback)
            if verdict is Verdict.COMPLETE:
                complete.append(number)
            if verdict is not Verdict.CONTINUE:
                return
            if complete and rng.uniform() < outrun:
                stopping.stop(number)
                return

    def promote() -> None:
        while (promoted := stopping.promote()) is not None:
            go_on(promoted)

    for number in range(trials):
        stopping.add(number)
        go_on(number)
        promote()
    stopping.close()
    promote()
    front = int(non_dominated(truth[complete]).sum()) if complete else 0
    return Played(tuple(answered), tuple(begun), tuple(judged), front)


def _standings(trials: int, objectives: int, rng: np.random.Generator) -> Floats:
    """Return losses, shape (trials, objectives): from going together to being in full conflict."""
    import numpy as np

    free = rng.uniform(size=(trials, objectives))
    conflict = rng.uniform(-0.95, 0.95)
    if conflict > 0:
        shared = rng.dirichlet(np.ones(objectives), size=trials)
    else:
        shared = rng.uniform(size=(trials, 1))
    standings: Floats = abs(conflict) * shared + (1 - abs(conflict)) * free
    return standings
