"""A more general question."""

from __future__ import annotations

from functools import partial

from syftr_like.contracts import Query

from ..asking import AskingParameters, ask, task
from ..reply_forms import one_line
from .asked_transform import AskedTransform, with_alternatives


class StepBack(AskedTransform):
    """Searches for a more general question as well, and joins what is found.

    Helps where the question is about a detail that no passage names, but follows from something
    more general. A question costs one call and one more search. Zheng et al. 2024.
    """

    name = "step_back"

    class Parameters(AskingParameters):
        """Which model."""

    parameters: Parameters

    async def atransform(self, question: Query) -> Query:
        """Return the question with the more general one as an alternative.

        Raises:
            ComponentError: The model did not reply, or not with one question.
        """
        p = self.parameters
        messages = task("step_back", question=question.text)
        parse = partial(one_line, wanted="the more general question on one line")
        return with_alternatives(question, [await ask(p.llm, messages, parse, tries=p.tries)])
