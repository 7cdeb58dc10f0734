"""Answers by vote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from syftr_like.contracts import Answer, IntDomain, Passage, Query, parameter

from .agreement import majority
from .asked_reader import AskedReader, AskedReaderParameters


class SelfConsistency(AskedReader):
    """Asks a language model several times and takes the answer that comes most often.

    Helps with questions that need reasoning, with the prompt `cot`, and gives an honest
    confidence: the share of the replies that agree. Costs `samples` times as much. Give the model
    a temperature above 0 (the paper: 0.5 to 0.7), or all replies will be alike. Answers are
    compared without case, articles and punctuation. Wang et al. 2023.
    """

    name = "self_consistency"

    class Parameters(AskedReaderParameters):
        """Which model, asked how, and how often."""

        samples: int = parameter(
            5, "How often the model is asked.", ge=1, le=100, search=IntDomain(3, 10)
        )

    parameters: Parameters

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the most frequent answer with its share as confidence; it may be to abstain.

        Raises:
            ComponentError: The model did not reply, or not in the prompt's form.
        """
        p = self.parameters
        answer, share = majority(await self.sampled(p.llm, question, passages, p.samples))
        return replace(answer, confidence=share)
