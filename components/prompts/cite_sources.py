"""The prompt that asks for sources."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import Answer, Passage
from syftr_like.errors import ComponentError

from .citations import cited
from .replies import answer_of
from .template import PassagePrompt


class CiteSourcesPrompt(PassagePrompt):
    """Asks for the answer and for the numbers of the passages that support it.

    Having to name its source keeps a model to the passages (Gao et al. 2023). A reply that names
    none, or one that there is not, is asked for again; the numbers are no part of the answer.
    """

    name = "cite_sources"
    example = "a short reply [1]"

    def parse(self, reply: str) -> Answer:
        """Return the reply as an answer without its citations, or an abstention.

        Raises:
            ComponentError: The reply is empty.
        """
        text, _ = cited(reply)
        return answer_of(text)

    def parse_for(self, reply: str, passages: Sequence[Passage]) -> Answer:
        """Return the reply as an answer, whose citations were checked, or an abstention.

        Raises:
            ComponentError: The reply is empty, names no passage, or one that there is not.
        """
        text, numbers = cited(reply)
        answer = answer_of(text)
        if answer.abstained or not passages:
            return answer
        if not numbers:
            raise ComponentError(
                "it names no passage; after the answer, write the number of each passage that"
                " supports it, such as [1]"
            )
        unknown = [number for number in numbers if not 1 <= number <= len(passages)]
        if unknown:
            raise ComponentError(
                f"there is no passage [{unknown[0]}]; they are [1] to [{len(passages)}]"
            )
        return answer
