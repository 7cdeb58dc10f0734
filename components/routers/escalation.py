"""Asking branches in turn until an answer is good enough: what every cascade does."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeAlias

from syftr_like.contracts import (
    Answer,
    AskedAnswer,
    ComponentParameters,
    FloatDomain,
    parameter,
)
from syftr_like.errors import ComponentError

_SEARCH = FloatDomain(0.1, 0.95, step=0.05)


class ThresholdParameters(ComponentParameters):
    """How sure an answer has to be, at each place where a cascade may end.

    Those that are left out are as the one before.
    """

    threshold: float = parameter(
        0.5, "Confidence from which an answer stands.", ge=0, le=1, search=_SEARCH
    )
    threshold_2: float | None = parameter(
        None, "The same at the second place where it may end; as the first if left out.", ge=0, le=1
    )
    threshold_3: float | None = parameter(
        None, "The same at the third and later ones; as the second if left out.", ge=0, le=1
    )


Confidence: TypeAlias = Callable[[Sequence[Answer | None]], Awaitable[float | None]]
"""Says how sure the last of some answers is, given those before it; None is not at all."""


@dataclass(frozen=True, slots=True)
class Stood:
    """The answer that a cascade came to.

    Attributes:
        answer: The answer.
        confidence: How sure it was; None for the last branch, whose answer stands whatever it is.
    """

    answer: Answer
    confidence: float | None

    @property
    def with_confidence(self) -> Answer:
        """The answer, with the cascade's confidence in place of its own."""
        if self.confidence is None:
            return self.answer
        return replace(self.answer, confidence=self.confidence)


def thresholds_of(parameters: ThresholdParameters, branches: int, skipped: int = 0) -> list[float]:
    """Return the threshold of every branch but the last.

    Args:
        parameters: The thresholds that are stated.
        branches: How many branches there are.
        skipped: How many at first have answers that cannot stand; their thresholds say nothing.

    Raises:
        ComponentError: A threshold is stated for a place that there is not.
    """
    stated = [parameters.threshold, parameters.threshold_2, parameters.threshold_3]
    places = _places(stated, branches, skipped)
    found = [parameters.threshold] * skipped
    for place in range(places):
        value = stated[min(place, len(stated) - 1)]
        found.append(found[-1] if value is None else value)
    return found


def check_thresholds(
    possible: Mapping[str, Sequence[Any]], branches: int, skipped: int = 0
) -> None:
    """Check that thresholds are stated for places that there are; see `Router.check_branches`.

    Raises:
        ComponentError: One is not.
    """
    for name in ("threshold_2", "threshold_3"):
        for value in possible[name]:
            stated = [0.0, value] if name == "threshold_2" else [0.0, None, value]
            _places(stated, branches, skipped)


def _places(stated: Sequence[float | None], branches: int, skipped: int) -> int:
    """Return at how many places a cascade may end before its last branch."""
    places = max(0, branches - 1 - skipped)
    for place, value in enumerate(stated[1:], start=2):
        if value is not None and place > places:
            raise ComponentError(
                f"threshold_{place} has no effect: with {branches} branches there are {places}"
                " places where the cascade may end before the last one"
            )
    return places


def stands(confidence: float | None, threshold: float) -> bool:
    """Whether an answer is kept; one without confidence never is."""
    return confidence is not None and confidence >= threshold


async def escalate(
    branches: Mapping[str, AskedAnswer],
    thresholds: Sequence[float],
    confidence: Confidence,
    *,
    together: int = 1,
) -> Stood:
    """Return the first answer that stands, or that of the last branch.

    A branch that fails is passed over.

    Args:
        branches: In the order in which they are asked.
        thresholds: Of every branch but the last.
        confidence: How sure an answer is.
        together: How many are asked at first, side by side, since no answer can stand before.

    Raises:
        ComponentError: The last branch failed.
        BudgetExhaustedError: A model call was refused.
    """
    asked = list(branches.values())
    together = min(together, len(asked) - 1)  # the last one's failure is a failure
    first = await _side_by_side(asked[:together])
    answers: list[Answer | None] = []
    for step, branch in enumerate(asked[:-1]):
        answer = first[step] if step < together else await _try(branch)
        answers.append(answer)
        if answer is None:
            continue
        sure = await confidence(answers)
        if stands(sure, thresholds[step]):
            return Stood(answer, sure)
    return Stood(await asked[-1].ask(), None)


async def _side_by_side(branches: Sequence[AskedAnswer]) -> list[Answer | None]:
    """Ask all of them to the end, then raise what one raised."""
    tried = (_try(branch) for branch in branches)
    found: list[Answer | None] = []
    for result in await asyncio.gather(*tried, return_exceptions=True):
        if isinstance(result, BaseException):
            raise result
        found.append(result)
    return found


async def _try(branch: AskedAnswer) -> Answer | None:
    try:
        return await branch.ask()
    except ComponentError:
        return None
