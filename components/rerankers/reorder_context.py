"""The order in which passages are read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from syftr_like.contracts import (
    ChoiceDomain,
    ComponentParameters,
    Passage,
    Query,
    Reranker,
    parameter,
)


class ReorderContext(Reranker):
    """Puts the best passages where the model that reads them looks most.

    Models use what stands at the beginning and at the end of a long context better than what
    stands in its middle (Liu et al. 2024). Costs nothing. To be the last before the reader: what
    comes after takes the first passage for the best, and so do metrics of ranking.
    """

    name = "reorder_context"

    class Parameters(ComponentParameters):
        """Where the best passages go."""

        top: int = parameter(10, "Passages to keep, of those that come first.", ge=1, le=1000)
        order: Literal["best_first", "best_last", "both_ends"] = parameter(
            "both_ends",
            "Best first, best last, or best at both ends and worst in the middle.",
            search=ChoiceDomain(("best_first", "best_last", "both_ends")),
        )

    parameters: Parameters

    def rerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return the `top` first passages in the order of reading."""
        best = list(passages[: self.parameters.top])
        if self.parameters.order == "best_last":
            return best[::-1]
        if self.parameters.order == "both_ends":
            return best[0::2] + best[1::2][::-1]
        return best
