"""Passages whose scores are too low, left out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from syftr_like.contracts import (
    ChoiceDomain,
    ComponentParameters,
    FloatDomain,
    IntDomain,
    Passage,
    Query,
    Reranker,
    parameter,
)


class ScoreFilter(Reranker):
    """Leaves out passages whose score is below a threshold, or far below the best one.

    Saves the tokens of passages that do not help, and lets a flow abstain where nothing was found.
    An absolute threshold must suit the scores of the retriever or reranker before it: cosines
    are from -1 to 1, BM25 has no bound; a share of the best score suits all that are not below 0.
    The passages that stay keep their order and scores.
    """

    name = "score_filter"

    class Parameters(ComponentParameters):
        """What is too low, and how many passages are kept."""

        top: int = parameter(10, "Passages to keep at most.", ge=1, le=1000)
        least: int = parameter(
            1,
            "Passages to keep, the best ones, however low their scores.",
            ge=0,
            le=1000,
            search=IntDomain(0, 2),
        )
        threshold: Literal["score", "share_of_best"] = parameter(
            "share_of_best",
            "Whether scores are compared with a number or with the best one.",
            search=ChoiceDomain(("score", "share_of_best")),
        )
        score: float = parameter(
            0.0,
            "The least score.",
            search=FloatDomain(0.0, 1.0, 0.05),
            when={"threshold": ("score",)},
        )
        share: float = parameter(
            0.5,
            "The least share of the best score; where that is not above 0, only its equals stay.",
            ge=0,
            le=1,
            search=FloatDomain(0.1, 0.9, 0.1),
            when={"threshold": ("share_of_best",)},
        )

    parameters: Parameters

    def rerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return the passages that are not below the threshold."""
        p = self.parameters
        scores = [passage.score for passage in passages]
        if p.threshold == "score":
            lowest = p.score
        else:
            best = max(scores, default=0.0)
            lowest = p.share * best if best > 0 else best
        return at_least(passages, scores, lowest, p.least)[: p.top]


def at_least(
    passages: Sequence[Passage], scores: Sequence[float], lowest: float, least: int
) -> list[Passage]:
    """Return the passages that score at least `lowest`, and the `least` best in any case.

    They keep their order and their own scores.
    """
    best = sorted(range(len(passages)), key=lambda place: -scores[place])[:least]
    kept = {place for place, score in enumerate(scores) if score >= lowest} | set(best)
    return [passages[place] for place in sorted(kept)]
