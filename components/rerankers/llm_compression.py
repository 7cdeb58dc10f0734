"""Passages reduced to what a model copies from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from syftr_like.contracts import Message, Passage, Query, parameter

from ..asking import ask_all, task
from ..reply_forms import NONE
from .asked_reranker import AskedReranker, AskedRerankerParameters
from .compression import body_start, compressed
from .quotations import quoted_spans


class LlmCompression(AskedReranker):
    """Asks a language model to copy the sentences of each passage that bear on the question.

    Passages of which it copies nothing are left out, and so is what it did not copy word for word,
    so that nothing is made up and spans stay exact. A question costs a call per passage, side by
    side; worth it where a cheap model reads for an expensive one.
    """

    name = "llm_compression"

    class Parameters(AskedRerankerParameters):
        """Which model, and how many passages are kept."""

        top: int = parameter(10, "Passages to keep at most.", ge=1, le=1000)

    parameters: Parameters

    async def arerank(self, question: Query, passages: Sequence[Passage]) -> Sequence[Passage]:
        """Return the passages reduced to what was copied, in their order.

        Raises:
            ComponentError: The model did not reply, or with nothing that stands in the passage.
        """
        p = self.parameters
        bodies = [(passage, body_start(passage.chunk) or 0) for passage in passages]
        # There is nothing to copy from an empty passage.
        read = [(passage, start) for passage, start in bodies if passage.text[start:].strip()]
        asked = [
            (
                _task(question, passage.text[start:]),
                partial(quoted_spans, text=passage.text, start=start),
            )
            for passage, start in read
        ]
        copied = await ask_all(p.llm, asked, tries=p.tries, example=NONE)
        kept = [
            compressed(passage, spans)
            for (passage, _), spans in zip(read, copied, strict=True)
            if spans
        ]
        return kept[: p.top]


def _task(question: Query, text: str) -> list[Message]:
    return task("llm_compression", question=question.text, passage=text)
