"""Answers of a second model where the first does not agree with itself."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from syftr_like.contracts import (
    Answer,
    FloatDomain,
    Indexes,
    IntDomain,
    Llm,
    Passage,
    Query,
    component_parameter,
    parameter,
)

from ..asking import connect
from .agreement import majority, words_of
from .asked_reader import AskedReader, AskedReaderParameters
from .shots import Shots


class Switching(AskedReader):
    """Asks a cheap model several times, and another one where the replies disagree.

    A model that is not sure of itself gives different answers to the same question; easy questions
    cost the cheap model's calls, hard ones the second model's as well. Give the first model a
    temperature above 0. The confidence is the share of all replies that agree with the answer.
    Repeated sampling with model switching (Chen et al. 2025); there the votes of both are weighed,
    here the second one decides.
    """

    name = "switching"

    class Parameters(AskedReaderParameters):
        """Which models, asked how and how often, and what counts as agreement."""

        second_llm: Llm = component_parameter(
            None, "The language model that is asked where the first one disagrees with itself."
        )
        samples: int = parameter(
            3, "How often the first model is asked.", ge=2, le=100, search=IntDomain(2, 6)
        )
        agreement: float = parameter(
            1.0,
            "The least share of its replies that agree for its answer to stand.",
            gt=0,
            le=1,
            search=FloatDomain(0.5, 1.0, 0.1),
        )
        second_samples: int = parameter(
            1, "How often the second model is asked.", ge=1, le=100, search=IntDomain(1, 3)
        )

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> Shots | None:
        """Make the clients of both models."""
        connect(self.parameters.second_llm)
        return super().prepare(inputs, indexes)

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the answer that the first model agrees on, else the second model's.

        Raises:
            ComponentError: A model did not reply, or not in the prompt's form.
        """
        p = self.parameters
        first = await self.sampled(p.llm, question, passages, p.samples)
        answer, share = majority(first)
        if share >= p.agreement:
            return replace(answer, confidence=share)
        second = await self.sampled(p.second_llm, question, passages, p.second_samples)
        answer, _ = majority(second)
        agreeing = [words_of(other) == words_of(answer) for other in (*first, *second)]
        return replace(answer, confidence=sum(agreeing) / len(agreeing))
