"""The prompt that asks for reasoning."""

from __future__ import annotations

from syftr_like.contracts import Answer

from .replies import final_answer_of
from .template import TemplatePrompt


class CotPrompt(TemplatePrompt):
    """Asks the model to reason step by step and to end with a line `Answer: ...`.

    Chain of thought (Wei et al. 2022). Helps where passages must be combined; costs several times
    the output tokens and the time of `default`.
    """

    name = "cot"

    def parse(self, reply: str) -> Answer:
        """Return what follows the last line that begins with `Answer:`, or an abstention.

        Raises:
            ComponentError: There is no such line.
        """
        return final_answer_of(reply)
