"""Every error that the engine raises on purpose.

`InputError` is a person's mistake: the command line prints its text and exits with 2.
`StudyError` is a study that could not be carried out: exit code 1. Anything else that reaches
the command line is a defect of ours, and shows its traceback.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from dataclasses import dataclass


class SyftrLikeError(Exception):
    """Base of all errors raised on purpose."""


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file: 1-based line and column, either may be unknown."""

    file: str
    line: int | None = None
    column: int | None = None

    def __str__(self) -> str:
        parts = [self.file]
        if self.line is not None:
            parts.append(str(self.line))
            if self.column is not None:
                parts.append(str(self.column))
        return ":".join(parts)


class InputError(SyftrLikeError):
    """A mistake in a study, space, dataset or command line.

    Args:
        problem: What is wrong, one sentence without a final full stop.
        location: Where it stands.
        found: What stands there.
        expected: What should stand there.
        nearest: The valid name that was probably meant.
    """

    def __init__(
        self,
        problem: str,
        *,
        location: Location | None = None,
        found: str | None = None,
        expected: str | None = None,
        nearest: str | None = None,
    ) -> None:
        self.problem = problem
        self.location = location
        self.found = found
        self.expected = expected
        self.nearest = nearest
        super().__init__(str(self))

    def __str__(self) -> str:
        head = f"{self.location}: {self.problem}" if self.location else self.problem
        lines = [head]
        if self.found is not None:
            lines.append(f"  found:    {self.found}")
        if self.expected is not None:
            lines.append(f"  expected: {self.expected}")
        if self.nearest is not None:
            lines.append(f"  did you mean '{self.nearest}'?")
        return "\n".join(lines)

    def __reduce__(self) -> tuple[object, ...]:
        # Exceptions cross process borders; the keyword-only arguments must cross with them.
        parts = (self.problem, self.location, self.found, self.expected, self.nearest)
        return (_rebuild, (type(self), *parts))


def _rebuild(
    kind: type[InputError],
    problem: str,
    location: Location | None,
    found: str | None,
    expected: str | None,
    nearest_name: str | None,
) -> InputError:
    return kind(problem, location=location, found=found, expected=expected, nearest=nearest_name)


class UnavailableError(InputError):
    """Something that a component needs from outside is not there: a package, or a key.

    It says nothing about the flow, so that it ends a study instead of counting as a failure.
    """


class ComponentError(SyftrLikeError):
    """A component could not do its work on one question or one index: a recorded failure."""


class StudyError(SyftrLikeError):
    """The study as a whole could not be carried out."""


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """Return the candidate closest to `name`, or None when nothing is close."""
    options = sorted(candidates)
    by_lower = {option.lower(): option for option in options}
    matches = difflib.get_close_matches(name.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[matches[0]] if matches else None
