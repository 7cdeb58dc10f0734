"""The prompt that asks for reasoning."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import Answer, Message, Passage, Prompt, Query

from .replies import final_answer_of
from .template import fill


class CotPrompt(Prompt):
    """Asks the model to reason step by step and to end with a line `Answer: ...`.

    Chain of thought (Wei et al. 2022). Helps where passages must be combined; costs several times
    the output tokens and the time of `default`.
    """

    name = "cot"

    def messages(self, question: Query, passages: Sequence[Passage]) -> Sequence[Message]:
        """Return a system and a user message."""
        return fill("cot", question, passages)

    def parse(self, reply: str) -> Answer:
        """Return what follows the last line that begins with `Answer:`, or an abstention.

        Raises:
            ComponentError: There is no such line.
        """
        return final_answer_of(reply)
