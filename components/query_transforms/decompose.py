"""The parts of the question."""

from __future__ import annotations

from functools import partial

from syftr_like.contracts import IntDomain, Query, parameter

from ..asking import AskingParameters, ask, task
from ..reply_forms import NONE, lines_of
from .asked_transform import AskedTransform, with_alternatives


class Decompose(AskedTransform):
    """Searches for the sub-questions of a question as well, and joins what is found.

    Helps with questions whose answer must be put together from several places; others the model is
    asked to leave alone. A question costs one call, and as many more searches as it has parts.
    Sub-questions are searched for as they are, without waiting for each other's answers (least to
    most prompting, Zhou et al. 2023, does wait).
    """

    name = "decompose"

    class Parameters(AskingParameters):
        """Which model, and how many parts."""

        queries: int = parameter(
            3, "Sub-questions to search for at most.", ge=1, le=10, search=IntDomain(2, 5)
        )

    parameters: Parameters

    async def atransform(self, question: Query) -> Query:
        """Return the question with its sub-questions as alternatives; it may have none.

        Raises:
            ComponentError: The model did not reply, or with nothing.
        """
        p = self.parameters
        messages = task("decompose", question=question.text, queries=p.queries)
        parse = partial(lines_of, wanted=f"one sub-question per line, or {NONE}")
        found = await ask(p.llm, messages, parse, tries=p.tries)
        return with_alternatives(question, found[: p.queries])
