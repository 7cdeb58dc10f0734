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

    At a level where its bracket competes a trial goes on if it is among the best and there is a
    place for it. The best are one in `eta` of all trials that reached the level, of whatever
    bracket (`promotion.preference`). Places are one for every `eta` trials of the bracket that
    reached the level. Nobody waits for a bracket to fill: a trial that does not go on is paused,
    and goes on later if it is among the best when more have come. What went on is not taken back
    and keeps its place, unlike in ASHA, where each new best trial is one more to go on: as a
    search gets better, that would be nearly all. And a free place is kept for a better trial
    while the paused ones are not among the best, since the first that come are rarely those.

    When no trial is to come (`close`), free places go to the best that are paused, and one in
    `eta` is rounded up over all brackets, so that a search always completes a trial. A place that
    a bracket so got is not taken from another that fills afterwards.

    Args:
        questions: How many a complete trial answers.
        objectives: At least one.
        constraints: Any number.
        min_questions: The first level has at least so many; at least 2.
        eta: One in so many goes on; at least 2.
        brackets: How many of a round's trials each bracket gets, bracket 0 first, a number for
            each level; `bracket_sizes` when not given.

    Raises:
        ValueError: Not as many brackets as levels.

    References:
        Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar: Hyperband. JMLR 18, 2018. Li et al.: A
        system for massively parallel hyperparameter tuning (ASHA). MLSys 2020. Li et al.:
        Hyper-Tune: towards efficient hyper-parameter tuning at scale. VLDB 2022, for the delay
        (D-ASHA). Schmucker et al.: Multi-objective asynchronous successive halving. 2021.
    """

    def __init__(
        self,
        questions: int,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
        *,
        min_questions: int,
        eta: float,
        brackets: Sequence[int] | None = None,
    ) -> None:
        super().__init__(level_sizes(questions, min_questions, eta), objectives, constraints)
        self.eta = eta
        sizes = bracket_sizes(len(self.levels), eta) if brackets is None else tuple(brackets)
        if len(sizes) != len(self.levels):
            raise ValueError(f"{len(sizes)} brackets for {len(self.levels)} levels")
        self._brackets = interleaved(sizes)
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
        return number in self._best(level, course.bracket) or number in self._best(level, None)

    def _promotable(self) -> int | None:
        for level in reversed(range(len(self.levels) - 1)):
            for bracket in (*reversed(range(len(self.levels))), None):
                best = self._best(level, bracket)
                if best:
                    return best[0]
        return None

    def _best(self, level: int, bracket: int | None) -> list[int]:
        """Return the paused trials of a bracket that may go on from a level, the best first.

        Of all that compete there for None: they share what places are left when no trial is to
        come.
        """
        group = [n for n in self._reached[level] if self._belongs(n, level, bracket)]
        paused = {
            number
            for number in group
            if (course := self._courses[number]).paused and len(course.reports) == level + 1
        }
        places = self._places(group, level, bracket)
        if not paused or places <= 0:
            return []
        courses = [self._courses[number] for number in self._reached[level]]
        reports = [course.reports[level] for course in courses]
        passed = frozenset(i for i, course in enumerate(courses) if course.passed(level))
        order = preference(reports, self.constraints, chosen=passed)
        if not self._closed and bracket is not None and self.competes(bracket, level):
            ranked = [i for i in preference(reports, self.constraints) if not courses[i].stopped]
            best = ranked[: math.floor(len(reports) / self.eta)]
            order = [i for i in order if i in best]
        return [n for i in order if (n := self._reached[level][i]) in paused][:places]

    def _belongs(self, number: int, level: int, bracket: int | None) -> bool:
        own = self._courses[number].bracket
        return self.competes(own, level) if bracket is None else own == bracket

    def _places(self, group: Sequence[int], level: int, bracket: int | None) -> int:
        """Return how many more trials of a group may go on from a level."""
        if bracket is None:
            places = math.ceil(len(group) / self.eta) if self._closed else 0
        elif self.competes(bracket, level):
            places = math.floor(len(group) / self.eta)
        else:
            places = len(group)  # only restored trials pause where their bracket does not compete
        return places - sum(self._courses[number].passed(level) for number in group)
