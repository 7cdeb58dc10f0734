"""The plain prompt."""

from __future__ import annotations

from syftr_like.contracts import Answer

from .replies import answer_of
from .template import TemplatePrompt


class DefaultPrompt(TemplatePrompt):
    """Asks for the answer alone, from the passages alone, or a fixed phrase of abstention.

    Without passages the model is asked what it knows.
    """

    name = "default"

    def parse(self, reply: str) -> Answer:
        """Return the reply as an answer, or an abstention.

        Raises:
            ComponentError: The reply is empty.
        """
        return answer_of(reply)
