"""The contract of everything that decides how many questions a trial is worth."""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum, StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
    from syftr_like.search.objective import Constraint, Objective
    from syftr_like.search.proposer import Feedback

EarlyStoppingMethod: TypeAlias = Literal["none", "hyperband"]


class Verdict(StrEnum):
    """What becomes of a trial that reached a level."""

    CONTINUE = "continue"
    """It goes on to the next level at once."""
    PAUSE = "pause"
    """It waits; `EarlyStopping.promote` may name it later."""
    STOP = "stop"
    """It was stopped from outside while it ran, and ends."""
    COMPLETE = "complete"
    """It has answered all questions."""


class _State(Enum):
    GOING_ON = "going on"
    PAUSED = "paused"
    STOPPED = "stopped"
    COMPLETE = "complete"


@dataclass(slots=True)
class Course:
    """How far a trial has come: what it reported at each level so far, the lowest first."""

    bracket: int
    reports: list[Feedback] = field(default_factory=list)
    state: _State = _State.GOING_ON

    @property
    def paused(self) -> bool:
        """Whether it waits for a promotion."""
        return self.state is _State.PAUSED

    @property
    def stopped(self) -> bool:
        """Whether it ended before its last level."""
        return self.state is _State.STOPPED

    def passed(self, level: int) -> bool:
        """Whether it went on from a level, counted from 0; not if it was stopped there."""
        return len(self.reports) > level + 1 or (
            len(self.reports) == level + 1 and self.state is _State.GOING_ON
        )


class EarlyStopping(ABC):
    """Decides at each level of questions which trials go on.

    All trials see the questions in the same order and report at the same levels, so that what is
    compared rests on the same questions. `add` a trial when it begins, `report` what it measured
    whenever it reaches a level, and ask `promote` for a paused trial whenever a worker is free.
    `close` it when no more trials will begin.

    The state is a function of the calls made, in their order, and of nothing else. To rebuild it
    from a record, `add` the earlier trials in their order, `restore` what each of them reported,
    and `stop` those that were stopped. A trial that did not report at all counts as going on.

    Not safe to be called from several threads at once.

    Args:
        levels: Numbers of questions, ascending; the last is all of them.
        objectives: What the losses of a feedback stand for, in this order.
        constraints: What the violations of a feedback stand for, in this order.
    """

    def __init__(
        self,
        levels: Sequence[int],
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
    ) -> None:
        if not objectives:
            raise ValueError("early stopping needs at least one objective")
        self.levels = tuple(levels)
        self.objectives = tuple(objectives)
        self.constraints = tuple(constraints)
        self._courses: dict[int, Course] = {}
        self._closed = False

    def add(self, number: int) -> None:
        """Take note that a trial begins; call it in the order of proposal.

        Raises:
            ValueError: There is such a trial already, or the search was closed.
        """
        if number in self._courses:
            raise ValueError(f"trial {number} was added before")
        if self._closed:
            raise ValueError(f"trial {number} comes after the search was closed")
        self._courses[number] = Course(self._next_bracket())

    def bracket(self, number: int) -> int:
        """Return the bracket that a trial belongs to.

        Raises:
            KeyError: There is no such trial.
        """
        return self._course(number).bracket

    def report(self, number: int, questions: int, feedback: Feedback) -> Verdict:
        """Decide about a trial that reached a level.

        Args:
            number: A trial that is going on. One that was stopped meanwhile gets `STOP`, and its
                report does not count.
            questions: The next of the trial's levels.
            feedback: Measured on exactly the first `questions` questions.

        Raises:
            KeyError: There is no such trial.
            ValueError: It is not going on, this is not its next level, or the feedback has not
                one finite loss per objective and one violation per constraint.
        """
        course = self._course(number)
        if course.state is _State.STOPPED:
            return Verdict.STOP
        if course.state is not _State.GOING_ON:
            raise ValueError(f"trial {number} is {course.state.value} and cannot report")
        self._record(number, course, questions, feedback)
        if len(course.reports) == len(self.levels):
            course.state = _State.COMPLETE
            return Verdict.COMPLETE
        course.state = _State.PAUSED
        if not self._goes_on(number):
            return Verdict.PAUSE
        course.state = _State.GOING_ON
        return Verdict.CONTINUE

    def restore(self, number: int, questions: int, feedback: Feedback) -> None:
        """Record an earlier report and decide nothing: the trial is complete, or paused there.

        Raises:
            KeyError: There is no such trial.
            ValueError: The trial is complete or stopped, or as `report`.
        """
        course = self._course(number)
        if course.state in (_State.STOPPED, _State.COMPLETE):
            raise ValueError(f"trial {number} is {course.state.value} and cannot report")
        self._record(number, course, questions, feedback)
        done = len(course.reports) == len(self.levels)
        course.state = _State.COMPLETE if done else _State.PAUSED

    def resume(self, number: int) -> None:
        """Count a restored trial as going on: it went on when its session was cut off.

        Raises:
            KeyError: There is no such trial.
            ValueError: It is complete or stopped.
        """
        course = self._course(number)
        if course.state in (_State.STOPPED, _State.COMPLETE):
            raise ValueError(f"trial {number} is {course.state.value} and cannot go on")
        course.state = _State.GOING_ON

    def stop(self, number: int) -> None:
        """Take note that a trial ended before its last level: outrun, lost or failed.

        It goes no further; what it reported still counts for the others.

        Raises:
            KeyError: There is no such trial.
            ValueError: It is complete.
        """
        course = self._course(number)
        if course.state is _State.COMPLETE:
            raise ValueError(f"trial {number} is complete and cannot be stopped")
        course.state = _State.STOPPED

    def promote(self) -> int | None:
        """Return a paused trial that may go on now, and count it as going on; None if none may."""
        number = self._promotable()
        if number is not None:
            self._courses[number].state = _State.GOING_ON
        return number

    def close(self) -> None:
        """Take note that no trial will be added: nothing is kept for better ones to come.

        Ask `promote` again afterwards. A state that is rebuilt is not closed.
        """
        self._closed = True

    def waiting(self) -> tuple[int, ...]:
        """Return the paused trials, ascending."""
        return tuple(sorted(n for n, course in self._courses.items() if course.paused))

    @abstractmethod
    def _next_bracket(self) -> int:
        """Return the bracket of the trial that is added next; called once for each."""

    @abstractmethod
    def _goes_on(self, number: int) -> bool:
        """Whether a trial that has just reported, not all questions, goes on at once."""

    @abstractmethod
    def _promotable(self) -> int | None:
        """Return the paused trial that goes on next."""

    # A hook that not every method has a use for: not abstract on purpose.
    def _on_report(self, number: int) -> None:  # noqa: B027
        """Take note of a report that was made or restored."""

    def _course(self, number: int) -> Course:
        try:
            return self._courses[number]
        except KeyError:
            raise KeyError(f"there is no trial {number}: it was not added") from None

    def _record(self, number: int, course: Course, questions: int, feedback: Feedback) -> None:
        expected = self.levels[len(course.reports)]
        if questions != expected:
            raise ValueError(
                f"trial {number} reports {questions} questions: its next level is {expected}"
            )
        if len(feedback.losses) != len(self.objectives):
            raise ValueError(f"{len(feedback.losses)} losses for {len(self.objectives)} objectives")
        if len(feedback.violations) != len(self.constraints):
            raise ValueError(
                f"{len(feedback.violations)} violations for {len(self.constraints)} constraints"
            )
        if not all(map(math.isfinite, feedback.losses)) or any(
            map(math.isnan, feedback.violations)
        ):
            raise ValueError(f"trial {number} reports a loss that is not finite: {feedback}")
        course.reports.append(feedback)
        self._on_report(number)


class NoEarlyStopping(EarlyStopping):
    """Every trial answers all questions."""

    def __init__(
        self,
        questions: int,
        objectives: Sequence[Objective],
        constraints: Sequence[Constraint] = (),
    ) -> None:
        super().__init__((questions,), objectives, constraints)

    def _next_bracket(self) -> int:
        return 0

    def _goes_on(self, number: int) -> bool:
        raise AssertionError("there is one level only")

    def _promotable(self) -> int | None:
        return None


def make_early_stopping(
    method: EarlyStoppingMethod,
    questions: int,
    objectives: Sequence[Objective],
    constraints: Sequence[Constraint] = (),
    *,
    min_questions: int,
    eta: float,
) -> EarlyStopping:
    """Return what decides how far trials go.

    Args:
        method: `none` for all questions always.
        questions: How many a complete trial answers.
        objectives: At least one.
        constraints: Any number.
        min_questions: No trial is judged on fewer; at least 2. Not used by `none`.
        eta: One in so many goes on from a level; at least 2. Not used by `none`.
    """
    from .hyperband import Hyperband  # it builds on this module

    if method == "none":
        return NoEarlyStopping(questions, objectives, constraints)
    return Hyperband(questions, objectives, constraints, min_questions=min_questions, eta=eta)
