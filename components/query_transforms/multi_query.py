"""Paraphrases of the question."""

from __future__ import annotations

from functools import partial

from syftr_like.contracts import IntDomain, Query, parameter

from ..asking import AskingParameters, ask, task
from ..reply_forms import some_lines
from .asked_transform import AskedTransform, with_alternatives


class MultiQuery(AskedTransform):
    """Searches for paraphrases of the question as well, and joins what is found.

    Helps where documents say it in other words than the question. A question costs one call, and
    as many more searches as there are paraphrases; rankings are joined by reciprocal ranks
    (RAG-Fusion, Rackauckas 2024).
    """

    name = "multi_query"

    class Parameters(AskingParameters):
        """Which model, and how many paraphrases."""

        queries: int = parameter(
            3, "Paraphrases to search for at most.", ge=1, le=10, search=IntDomain(1, 5)
        )

    parameters: Parameters

    async def atransform(self, question: Query) -> Query:
        """Return the question with its paraphrases as alternatives.

        Raises:
            ComponentError: The model did not reply, or with none.
        """
        p = self.parameters
        messages = task("multi_query", question=question.text, queries=p.queries)
        parse = partial(some_lines, wanted="one paraphrase per line")
        found = await ask(p.llm, messages, parse, tries=p.tries)
        return with_alternatives(question, found[: p.queries])
