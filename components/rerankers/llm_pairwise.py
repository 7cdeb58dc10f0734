"""Reranking by comparisons of two passages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Literal

from syftr_like.contracts import ChoiceDomain, IntDomain, Message, Passage, Query, parameter

from ..asking import Asked, ask_all, task
from ..reply_forms import choice_of
from .asked_reranker import AskedReranker, AskedRerankerParameters
from .comparisons import Comparison, Result, sampled_rounds, strengths, win_shares
from .order import reordered

_FIRST, _SECOND = "A", "B"


class LlmPairwise(AskedReranker):
    """Asks a language model which of two passages answers better, and ranks by the winners.

    Comparing is easier for small models than marking. A question costs about half as many calls
    as there are passages in each round, side by side; models prefer the passage shown first, hence
    the random order, or both at twice the price. Qin et al. 2024, with sampled comparisons in
    place of all.
    """

    name = "llm_pairwise"

    class Parameters(AskedRerankerParameters):
        """How often passages are compared, and how they are ranked."""

        rounds: int = parameter(
            4, "Comparisons of each passage at most.", ge=1, le=100, search=IntDomain(2, 8)
        )
        orders: Literal["random", "both"] = parameter(
            "random",
            "Show each two in random order, or in both; then winning one is half a win.",
            search=ChoiceDomain(("random", "both")),
        )
        ranking: Literal["wins", "bradley_terry"] = parameter(
            "bradley_terry",
            "Rank by the share of wins, or by strengths, which count who was beaten.",
            search=ChoiceDomain(("wins", "bradley_terry")),
        )
        seed: int = parameter(0, "Seed of who is compared with whom.", ge=0)

    parameters: Parameters

    async def arerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return the `top` passages that win most.

        Raises:
            ComponentError: The model did not reply, or not with one of the two.
        """
        p = self.parameters
        pairs = sampled_rounds(len(passages), p.rounds, f"{p.seed} {question.text}")
        if p.orders == "both":
            pairs = [shown for c in pairs for shown in (c, Comparison(c.second, c.first))]
        parse = partial(choice_of, options=(_FIRST, _SECOND), noun="passage")
        asked = [Asked(_compared(question, passages, pair), parse, _FIRST) for pair in pairs]
        winners = await ask_all(p.llm, asked, tries=p.tries)
        results = [
            Result(pair, 1.0 if winner == _FIRST else 0.0)
            for pair, winner in zip(pairs, winners, strict=True)
        ]
        score = win_shares if p.ranking == "wins" else strengths
        return reordered(passages, score(len(passages), results), p.top)


def _compared(question: Query, passages: Sequence[Passage], pair: Comparison) -> list[Message]:
    return task(
        "llm_pairwise",
        question=question.text,
        first=passages[pair.first].text,
        second=passages[pair.second].text,
    )
