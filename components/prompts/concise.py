"""The shortest prompt."""

from __future__ import annotations

from syftr_like.contracts import Answer

from .replies import answer_of
from .template import TemplatePrompt


class ConcisePrompt(TemplatePrompt):
    """Asks in as few tokens as possible for the shortest phrase that answers.

    Costs the least and suits strong models; weaker ones follow `default` more closely.
    """

    name = "concise"

    def parse(self, reply: str) -> Answer:
        """Return the reply as an answer, or an abstention.

        Raises:
            ComponentError: The reply is empty.
        """
        return answer_of(reply)
