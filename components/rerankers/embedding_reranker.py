"""Reranking by the nearness of vectors."""

from __future__ import annotations

from collections.abc import Sequence

from syftr_like.contracts import (
    ComponentParameters,
    Embedder,
    IntDomain,
    Passage,
    component_parameter,
    parameter,
)

from .embedder_reranker import EmbedderReranker
from .order import reordered


class EmbeddingReranker(EmbedderReranker):
    """Puts passages first whose vectors are nearest to the question's.

    Useful after `bm25` with a large `k`. Wire `chunks` to it: their vectors are then computed at
    index time and shared with `dense`, and a question costs one embedding. Otherwise the embedder
    is fitted on, and embeds, the passages of each question anew. Scores are cosines.
    """

    name = "embedding_reranker"

    class Parameters(ComponentParameters):
        """Which vectors, and how many passages are kept."""

        embedder: Embedder = component_parameter(
            "lsa", "Turns passages and questions into vectors."
        )
        top: int = parameter(5, "Passages to keep.", ge=1, le=1000, search=IntDomain(1, 8))

    parameters: Parameters

    def chosen(self, passages: Sequence[Passage], cosines: Sequence[float]) -> Sequence[Passage]:
        """Return the `top` nearest passages."""
        return reordered(passages, cosines, self.parameters.top)
