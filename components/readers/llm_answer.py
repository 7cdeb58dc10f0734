"""Answers written by a language model."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import Answer, Passage, Query

from .asked_reader import AskedReader


class LlmAnswer(AskedReader):
    """Asks a language model to answer from the passages.

    Passages need not be wired: then the model answers from what it knows. Where they are wired
    and none were found, it abstains without asking. A reply that is not in the prompt's form is
    shown to the model with what is wrong, until `tries` replies were got; each is paid for.
    """

    name = "llm_answer"

    async def aread(self, question: Query, passages: Sequence[Passage]) -> Answer:
        """Return the model's answer, or its abstention.

        Raises:
            ComponentError: The model did not reply, or not in the prompt's form.
        """
        (answer,) = await self.sampled(self.parameters.llm, question, passages, samples=1)
        return answer
