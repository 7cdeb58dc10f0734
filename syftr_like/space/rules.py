"""What `forbid` rules out: combinations of decided values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from syftr_like.errors import SyftrLikeError

from .tree import Scalar, same_value


class ForbiddenCombination(SyftrLikeError):  # noqa: N818 - a verdict, not a mistake
    """A rule of the space's `forbid` matches all that was decided so far.

    Attributes:
        rule: The rule as text.
    """

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(f"this combination is forbidden: {rule}")

    def __reduce__(self) -> tuple[object, ...]:
        return (ForbiddenCombination, (self.rule,))


@dataclass(frozen=True, slots=True)
class Condition:
    """One entry of a rule: a decision that has one of some values, or lies between two numbers."""

    path: str
    values: tuple[Scalar, ...] | None = None
    low: float | None = None
    high: float | None = None

    def holds(self, value: Scalar) -> bool:
        """Whether the decision's value matches."""
        if self.values is not None:
            return any(same_value(value, v) for v in self.values)
        if isinstance(value, bool) or not isinstance(value, int | float):
            return False
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)

    def __str__(self) -> str:
        if self.values is not None:
            told = [str(v) if isinstance(v, str) else repr(v) for v in self.values]
            return f"{self.path} = {' or '.join(told)}"
        ends = [
            f"{sign} {end}"
            for sign, end in ((">=", self.low), ("<=", self.high))
            if end is not None
        ]
        return f"{self.path} {' and '.join(ends)}"


@dataclass(frozen=True, slots=True)
class Rule:
    """A combination that is forbidden: all conditions hold of active decisions."""

    conditions: tuple[Condition, ...]

    def __str__(self) -> str:
        return ", ".join(map(str, self.conditions))


@dataclass(frozen=True)
class Rules:
    """All rules of a space, found by the path that a condition is about."""

    rules: tuple[Rule, ...] = ()

    @cached_property
    def by_path(self) -> Mapping[str, Sequence[tuple[int, Condition]]]:
        """For each path: the conditions on it, each with the number of its rule."""
        found: dict[str, list[tuple[int, Condition]]] = {}
        for number, rule in enumerate(self.rules):
            for condition in rule.conditions:
                found.setdefault(condition.path, []).append((number, condition))
        return found
