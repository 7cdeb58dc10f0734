"""The kind of component that says what an answer is worth, in a model's eyes."""

from __future__ import annotations

from abc import abstractmethod

from .component import Component, Kind
from .outcome import Outcome
from .values import Question


class Judge(Component):
    """Scores an outcome by asking models, from 0 to 1; more is better.

    Its calls are kept, paid and recorded as those of flows are, and are no part of a flow's cost.
    It stands under `metrics` in a study: `{as: correct, llm_judge: {llm: large}}`.
    """

    kind = Kind.JUDGE

    @property
    def asynchronous(self) -> bool:
        """Always: it waits for models."""
        return True

    def applies(self, question: Question) -> bool:
        """Whether the score is defined for the question; by its labels only."""
        return True

    @abstractmethod
    async def judge(self, question: Question, outcome: Outcome) -> float:
        """Return the score of an outcome that did not fail, from 0 to 1.

        Raises:
            ComponentError: The judgement cannot be read; the evaluation is a failure.
        """
