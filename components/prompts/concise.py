"""The shortest prompt."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import Answer, Message, Passage, Prompt, Query

from .replies import answer_of
from .template import fill


class ConcisePrompt(Prompt):
    """Asks in as few tokens as possible for the shortest phrase that answers.

    Costs the least and suits strong models; weaker ones follow `default` more closely.
    """

    name = "concise"

    def messages(self, question: Query, passages: Sequence[Passage]) -> Sequence[Message]:
        """Return a system and a user message."""
        return fill("concise", question, passages)

    def parse(self, reply: str) -> Answer:
        """Return the reply as an answer, or an abstention.

        Raises:
            ComponentError: The reply is empty.
        """
        return answer_of(reply)
