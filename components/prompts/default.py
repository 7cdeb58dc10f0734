"""The plain prompt."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import Answer, Message, Passage, Prompt, Query

from .replies import answer_of
from .template import fill


class DefaultPrompt(Prompt):
    """Asks for the answer alone, from the passages alone, or a fixed phrase of abstention.

    Without passages the model is asked what it knows.
    """

    name = "default"

    def messages(self, question: Query, passages: Sequence[Passage]) -> Sequence[Message]:
        """Return a system and a user message."""
        return fill("default", question, passages)

    def parse(self, reply: str) -> Answer:
        """Return the reply as an answer, or an abstention.

        Raises:
            ComponentError: The reply is empty.
        """
        return answer_of(reply)
