"""Stopping a trial that a front member beats for sure on the same questions."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import Evaluator
from syftr_like.search.objective import Objective
from syftr_like.statistics.racing import Measure, dominated_by

from .standings import Standings


class Racing:
    """Compares trials with front members, paired by question (`statistics.racing`).

    Args:
        standings: The scores.
        objectives: What is optimized.
        evaluators: Their metrics, among others.
    """

    def __init__(
        self,
        standings: Standings,
        objectives: Sequence[Objective],
        evaluators: Sequence[Evaluator],
    ) -> None:
        by_name = {e.name: e for e in evaluators}
        self._standings = standings
        self._metrics = [o.metric for o in objectives]
        self._measures = [Measure(o.direction, by_name[o.metric].bounds) for o in objectives]

    def is_outrun(self, number: int, rivals: Sequence[int], questions: int, among: int) -> bool:
        """Whether one of the rivals dominates a trial for sure.

        Args:
            number: The trial.
            rivals: The front members.
            questions: On so many questions, the first of the order.
            among: From how many complete trials the front was selected.
        """
        if not rivals:
            return False
        trial, *others = (
            [self._standings.paired(n, questions)[metric] for metric in self._metrics]
            for n in (number, *rivals)
        )
        found = dominated_by(
            trial, dict(zip(rivals, others, strict=True)), self._measures, among=among
        )
        return found is not None
