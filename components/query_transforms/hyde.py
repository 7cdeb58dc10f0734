"""An imagined passage in place of the question."""

from __future__ import annotations

from syftr_like.contracts import ChoiceDomain, IntDomain, Query, parameter
from syftr_like.errors import ComponentError

from ..asking import Asked, AskingParameters, ask_all, task
from ..reply_forms import without_thoughts
from .asked_transform import AskedTransform, with_alternatives


class Hyde(AskedTransform):
    """Searches for a passage that the model imagines to answer the question.

    Helps embedders most: a passage is nearer to passages than a question is, even if what it says
    is wrong. Each imagined passage costs a call, and a search. Give the model a temperature above
    0 to have several that differ. The paper (Gao et al. 2023) averages their vectors; here each is
    searched for, and the rankings are joined by reciprocal ranks.
    """

    name = "hyde"

    class Parameters(AskingParameters):
        """Which model, how many passages, and whether the question is searched for as well."""

        passages: int = parameter(1, "Passages to imagine.", ge=1, le=10, search=IntDomain(1, 3))
        keep_question: bool = parameter(
            True, "Search for the question as well.", search=ChoiceDomain((True, False))
        )

    parameters: Parameters

    async def atransform(self, question: Query) -> Query:
        """Return the question with imagined passages as alternatives, or the passages alone.

        Raises:
            ComponentError: The model did not reply, or with nothing.
        """
        p = self.parameters
        asked = [Asked(task("hyde", question=question.text), _passage)] * p.passages
        imagined = list(dict.fromkeys(await ask_all(p.llm, asked, tries=p.tries)))
        if not p.keep_question:
            question, imagined = Query(imagined[0], question.alternatives), imagined[1:]
        return with_alternatives(question, imagined)


def _passage(reply: str) -> str:
    text = " ".join(without_thoughts(reply).split())
    if not text:
        raise ComponentError("it is empty; write the passage")
    return text
