"""How many questions the trials of a study answer: the early stopping object, played through."""

from __future__ import annotations

from collections.abc import Callable
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


def played(
    make: Callable[[], EarlyStopping],
    trials: int,
    *,
    racing: bool,
    rng: np.random.Generator,
) -> tuple[tuple[int, ...], int]:
    """Play a search in which every trial has a true standing and is seen through noise.

    Objectives are in conflict to a random degree. How often racing stops a trial depends on the
    flows: in half of the searches it stops none, in the others a share of up to `MOST_OUTRUN`.

    Args:
        make: Makes the study's early stopping.
        trials: How many trials begin.
        racing: Whether trials that a front member beats for sure are stopped.
        rng: Source of randomness.

    Returns:
        How many questions each trial answers, and the size of the front among those that answer
        all.
    """
    stopping = make()
    objectives = len(stopping.objectives)
    truth = _standings(trials, objectives, rng)
    outrun = max(0.0, rng.uniform(-MOST_OUTRUN, MOST_OUTRUN)) if racing else 0.0
    answered = [0] * trials
    complete: list[int] = []

    def go_on(number: int) -> None:
        for level in stopping.levels:
            if level <= answered[number]:
                continue
            answered[number] = level
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
    front = int(non_dominated(truth[complete]).sum()) if complete else 1
    return tuple(answered), front


def _standings(trials: int, objectives: int, rng: np.random.Generator) -> Floats:
    """Return losses, shape (trials, objectives): between unrelated and in full conflict."""
    import numpy as np

    free = rng.uniform(size=(trials, objectives))
    against = rng.dirichlet(np.ones(objectives), size=trials)
    conflict = rng.uniform(0, 0.95)
    standings: Floats = conflict * against + (1 - conflict) * free
    return standings
