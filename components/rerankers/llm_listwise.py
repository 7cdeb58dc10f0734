"""Reranking by the order in which a model puts a list of passages."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from syftr_like.contracts import IntDomain, Passage, Query, parameter

from ..asking import ask, numbered, task
from .asked_reranker import AskedReranker, AskedRerankerParameters
from .permutation import order_of


class LlmListwise(AskedReranker):
    """Asks a language model to put passages in order, a window of them at a time.

    The window slides from the back to the front, so that a good passage rises from the last place
    to the first; few calls, one after the other, each as long as a window. Strong models order
    better than they mark; weak ones leave passages out, which then keep their order. RankGPT (Sun
    et al. 2023). Scores are 1 / rank.
    """

    name = "llm_listwise"

    class Parameters(AskedRerankerParameters):
        """How long the window is, and how far it slides."""

        window: int = parameter(
            10, "Passages put in order by a call.", ge=2, le=100, search=IntDomain(4, 20)
        )
        step: int = parameter(
            5,
            "Places that the window slides; at most `window` - 1 are.",
            ge=1,
            le=99,
            search=IntDomain(2, 10),
        )

    parameters: Parameters

    async def arerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return the `top` first passages.

        Raises:
            ComponentError: The model did not reply, or not with an order.
        """
        order = list(passages)
        for start, end in self.windows(len(order)):
            order[start:end] = await self._ordered(question, order[start:end])
        best = order[: self.parameters.top]
        return [Passage(passage.chunk, 1 / rank) for rank, passage in enumerate(best, start=1)]

    def windows(self, count: int) -> list[tuple[int, int]]:
        """Return start and end (exclusive) of each window, the last places first."""
        step = min(self.parameters.step, self.parameters.window - 1)
        if count < 2:
            return []
        found, end = [], count
        while True:
            start = max(0, end - self.parameters.window)
            found.append((start, end))
            if start == 0:
                return found
            end -= step

    async def _ordered(self, question: Query, passages: Sequence[Passage]) -> list[Passage]:
        p = self.parameters
        count = len(passages)
        messages = task(
            "llm_listwise", question=question.text, passages=numbered(passages), count=count
        )
        parse = partial(order_of, count=count)
        order = await ask(p.llm, messages, parse, tries=p.tries, example="[1] > [2]")
        return [passages[position] for position in order]
