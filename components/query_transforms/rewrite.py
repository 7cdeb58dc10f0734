"""The question in other words."""

from __future__ import annotations

from functools import partial

from syftr_like.contracts import Query

from ..asking import AskingParameters, ask, task
from ..reply_forms import one_line
from .asked_transform import AskedTransform


class Rewrite(AskedTransform):
    """Searches for the question in words that suit a search, instead of the question.

    Helps with chatty, long or misspelled questions; a good question it can only harm. A question
    costs one call. Wire readers to the question itself, for they would read the rewritten one.
    Ma et al. 2023.
    """

    name = "rewrite"

    class Parameters(AskingParameters):
        """Which model."""

    parameters: Parameters

    async def atransform(self, question: Query) -> Query:
        """Return the rewritten question; alternatives stay as they are.

        Raises:
            ComponentError: The model did not reply, or not with one question.
        """
        p = self.parameters
        messages = task("rewrite", question=question.text)
        parse = partial(one_line, wanted="what to search for on one line")
        found = await ask(p.llm, messages, parse, tries=p.tries)
        return Query(found, question.alternatives)
