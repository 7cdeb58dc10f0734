"""Hyperband over questions, for any number of objectives, with asynchronous promotion."""

from __future__ import annotations

import math
from bisect import insort
from collections.abc import Sequence
from typing import TYPE_CHECKING

from .brackets import bracket_sizes, interleaved, level_sizes
from .early_stopping import EarlyStopping
from .promotion import preference

if TYPE_CHECKING:
    from syftr_like.search.objective import Constraint, Objective


class Hyperband(EarlyStopping):
    """Lets many trials answer few questions, and the best of them all.

    When to use it: nearly always when a trial asks some dozens of questions or more. A few
    questions cannot tell good trials apart from the very good, which is why not all trials are
    judged early: each belongs to a bracket. The last bracket competes at every level, the one
    before it from the second level on, and bracket 0 never competes.

    At a level where its bracket competes a trial goes on if it is among the best: of every `eta`
    trials of the bracket that reached the level, one may go on. Which are the best is judged
    among all trials that reached the level, of whatever bracket, and beside those that went on
    (`promotion.preference`). Nobody waits for a bracket to fill: a trial that does not go on is
    paused, and goes on later if it is the best when more have come. What went on is not taken
    back and keeps its place, unlike in ASHA, where each new best trial is one more to go on: as
    a search gets better, that would be nearly all.

    Args:
        questions: How many a complete trial answers.
        objectives: At least one.
        constraints: Any number.
        min_questions: The first level has at least so many; at least 2.
        eta: One in so many goes on; at least 2.

    References:
        Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar: Hyperband. JMLR 18, 2018. Li et al.: A
        system for massively parallel hyperparameter tuning (ASHA). MLSys 2020. Schmucker et al.:
        Multi-objective asynchronous successive halving. 2021.
    """

    def __init__(
        self,
        questions: int,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        *,
        min_questions: int,
        eta: float,
    ) -> None:
        super().__init__(level_sizes(questions, min_questions, eta), objectives, constraints)
        self.eta = eta
        self._brackets = interleaved(bracket_sizes(len(self.levels), eta))
        self._reached: list[list[int]] = [[] for _ in self.levels]
        """Who reported at each level, ascending."""

    def competes(self, bracket: int, level: int) -> bool:
        """Whether a bracket's trials are judged at a level, counted from 0."""
        last = len(self.levels) - 1
        return last - bracket <= level < last

    def _next_bracket(self) -> int:
        return next(self._brackets)

    def _on_report(self, number: int) -> None:
        insort(self._reached[len(self._courses[number].reports) - 1], number)

    def _goes_on(self, number: int) -> bool:
        course = self._courses[number]
        level = len(course.reports) - 1
        if not self.competes(course.bracket, level):
            return True
        return number in self._best(course.bracket, level)

    def _promotable(self) -> int | None:
        for level in reversed(range(len(self.levels) - 1)):
            for bracket in reversed(range(len(self.levels))):
                best = self._best(bracket, level)
                if best:
                    return best[0]
        return None

    def _best(self, bracket: int, level: int) -> list[int]:
        """Return the paused trials of a bracket that may go on from a level, the best first."""
        paused = {
            number
            for number in self._reached[level]
            if (course := self._courses[number]).paused
            and course.bracket == bracket
            and len(course.reports) == level + 1
        }
        places = self._places(bracket, level)
        if not paused or places <= 0:
            return []
        courses = [self._courses[number] for number in self._reached[level]]
        order = preference(
            [course.reports[level] for course in courses],
            self.constraints,
            chosen=frozenset(i for i, course in enumerate(courses) if course.passed(level)),
        )
        return [n for i in order if (n := self._reached[level][i]) in paused][:places]

    def _places(self, bracket: int, level: int) -> int:
        """Return how many more trials of a bracket may go on from a level."""
        mine = [c for n in self._reached[level] if (c := self._courses[n]).bracket == bracket]
        # Only restored trials pause where their bracket does not compete.
        share = self.eta if self.competes(bracket, level) else 1
        return math.floor(len(mine) / share) - sum(course.passed(level) for course in mine)
