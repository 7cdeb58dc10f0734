"""Reranking by a mark for each passage."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from syftr_like.contracts import Passage, Query

from ..asking import Asked, ask_all, task
from ..reply_forms import number_of
from .asked_reranker import AskedReranker
from .order import reordered

_LEAST, _MOST = 0, 10


class LlmPointwise(AskedReranker):
    """Asks a language model for a mark from 0 to 10 for each passage.

    A question costs a call per passage, side by side, so that it is quick and never too long for
    the model; marks are coarse, and passages with equal marks keep their order. Scores are the
    marks. See Zhuang et al. 2024 for marks on a scale.
    """

    name = "llm_pointwise"

    async def arerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return the `top` passages with the best marks.

        Raises:
            ComponentError: The model did not reply, or not with a mark.
        """
        p = self.parameters
        parse = partial(number_of, low=_LEAST, high=_MOST)
        asked = [
            Asked(task("llm_pointwise", question=question.text, passage=passage.text), parse, "5")
            for passage in passages
        ]
        marks = await ask_all(p.llm, asked, tries=p.tries)
        return reordered(passages, marks, p.top)
