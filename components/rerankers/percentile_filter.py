"""Passages that are less near to the question than the others, left out."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from syftr_like.contracts import (
    ComponentParameters,
    Embedder,
    FloatDomain,
    Passage,
    component_parameter,
    parameter,
)

from .embedder_reranker import EmbedderReranker
from .score_filter import at_least


class PercentileFilter(EmbedderReranker):
    """Leaves out the passages whose similarity to the question is among the lowest.

    A percentile needs no threshold that suits the embedder: 0 leaves out nothing, 50 the lower
    half, 100 all but the best. The passages that stay keep their order and scores, so that it also
    serves after a reranker. Wire `chunks` to it, as to `embedding_reranker`.
    """

    name = "percentile_filter"

    class Parameters(ComponentParameters):
        """Which vectors, and what share is left out."""

        embedder: Embedder = component_parameter(
            "lsa", "Turns passages and questions into vectors."
        )
        top: int = parameter(10, "Passages to keep at most.", ge=1, le=1000)
        percentile: float = parameter(
            50.0,
            "The least similarity, as a percentile of the passages' similarities.",
            ge=0,
            le=100,
            search=FloatDomain(10.0, 90.0, 10.0),
        )

    parameters: Parameters

    def chosen(self, passages: Sequence[Passage], cosines: Sequence[float]) -> Sequence[Passage]:
        """Return the passages that are not below the percentile; the best is among them."""
        if not passages:
            return []
        lowest = float(np.percentile(np.asarray(cosines), self.parameters.percentile))
        return at_least(passages, cosines, lowest, least=1)[: self.parameters.top]
