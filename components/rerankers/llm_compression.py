"""Passages reduced to what a model copies from them."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from syftr_like.contracts import Passage, Query, parameter

from ..asking import Asked, ask_all, task
from .asked_reranker import AskedReranker, AskedRerankerParameters
from .compression import Span, body_start, compressed, sentences_of
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
        # There is nothing to copy from an empty passage.
        read = [passage for passage in passages if sentences_of(passage.chunk)]
        asked = [_asked(question, passage) for passage in read]
        copied = await ask_all(p.llm, asked, tries=p.tries)
        kept = [
            compressed(passage, spans) for passage, spans in zip(read, copied, strict=True) if spans
        ]
        return kept[: p.top]


def _asked(question: Query, passage: Passage) -> Asked[list[Span]]:
    body = body_start(passage.chunk) or 0
    start, end = sentences_of(passage.chunk)[0]
    return Asked(
        task("llm_compression", question=question.text, passage=passage.text[body:]),
        partial(quoted_spans, text=passage.text, start=body),
        example=" ".join(passage.text[start:end].split()),
    )
