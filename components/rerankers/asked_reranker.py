"""What the rerankers of a language model have in common."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import IntDomain, Passage, Query, Reranker, parameter

from ..asking import AskingParameters, AsksLlm


class AskedRerankerParameters(AskingParameters):
    """Which model, and how many passages are kept."""

    top: int = parameter(5, "Passages to keep.", ge=1, le=1000, search=IntDomain(1, 8))


class AskedReranker(AsksLlm, Reranker):
    """A reranker that asks a language model: it is awaited."""

    Parameters = AskedRerankerParameters
    parameters: AskedRerankerParameters

    def rerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Refuse: models are awaited, see `arerank`."""
        raise NotImplementedError(f"{self.name} is asynchronous: call arerank")
