"""Answers that are most like all others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from statistics import fmean

from syftr_like.contracts import Answer, IntDomain, Passage, Query, parameter

from .agreement import likeness
from .asked_reader import AskedReader, AskedReaderParameters


class MinimumBayesRisk(AskedReader):
    """Asks a language model several times and takes the answer most like the others.

    Where `self_consistency` counts equal answers, this one compares their words (F1), so that it
    also serves where answers are sentences. Costs `samples` times as much; give the model a
    temperature above 0. The confidence is the mean likeness to the others. Kumar & Byrne 2004.
    """

    name = "minimum_bayes_risk"

    class Parameters(AskedReaderParameters):
        """Which model, asked how, and how often."""

        samples: int = parameter(
            5, "How often the model is asked.", ge=2, le=100, search=IntDomain(3, 10)
        )

    parameters: Parameters

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the answer most like the others, the first of equals; it may be to abstain.

        Raises:
            ComponentError: The model did not reply, or not in the prompt's form.
        """
        p = self.parameters
        answers = await self.sampled(p.llm, question, passages, p.samples)
        agreement = [
            fmean(likeness(one, other) for k, other in enumerate(answers) if k != n)
            for n, one in enumerate(answers)
        ]
        best = max(range(len(answers)), key=lambda n: agreement[n])
        return replace(answers[best], confidence=agreement[best])
