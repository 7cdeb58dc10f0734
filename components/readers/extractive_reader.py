"""Answers lifted from the passages, without a language model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from syftr_like.contracts import (
    Answer,
    ComponentParameters,
    FloatDomain,
    Indexes,
    IntDomain,
    Passage,
    Query,
    Reader,
    parameter,
)

from ..reading import ReadingPassage, extract_answer, forget


class ExtractiveReader(Reader):
    """Answers with the words of a passage, and abstains where none seem to answer.

    Needs no model and no network; it suits short factual answers and serves as the baseline that
    a language model has to beat for its price. Its confidence is kept with the answer.
    """

    name = "extractive_reader"

    class Parameters(ComponentParameters):
        """What is read, and when to abstain."""

        passages: int = parameter(
            5, "How many of the first passages are read.", ge=1, le=100, search=IntDomain(1, 10)
        )
        abstain_below: float = parameter(
            0.0,
            "Abstain when the confidence is below this.",
            ge=0,
            le=1,
            search=FloatDomain(0.0, 0.6, 0.05),
        )
        max_answer_tokens: int = parameter(
            12, "Longest answer, in words and punctuation marks.", ge=1, le=60
        )

    parameters: Parameters

    def prepare(self, inputs: Mapping[str, Any], indexes: Indexes) -> object:
        """Load the weights, and forget what earlier flows read.

        Otherwise a flow would be the quicker for those that were measured before it.
        """
        extract_answer("Who reads first?", [ReadingPassage("The first reader is Ada.", 0.0)])
        forget()
        return None

    def read(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the likeliest answer, or abstain."""
        p = self.parameters
        found = extract_answer(
            question.text,
            [ReadingPassage(item.text, item.score) for item in passages[: p.passages]],
            max_answer_tokens=p.max_answer_tokens,
        )
        if found is None:
            return Answer(text="", abstained=True)
        if found.confidence < p.abstain_below:
            return Answer(text="", abstained=True, confidence=found.confidence)
        return Answer(text=found.text, confidence=found.confidence)
