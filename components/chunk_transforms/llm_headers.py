"""A sentence that situates a chunk in its document, written by a model."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Mapping
from typing import ClassVar

from syftr_like.contracts import (
    ChoiceDomain,
    Chunk,
    Chunks,
    ChunkTransform,
    Documents,
    Input,
    Message,
    Port,
    parameter,
)
from syftr_like.contracts.tokens import token_starts

from ..asking import task
from .asking_chunks import AskingChunksParameters, ask_each
from .headers import documents_by_id, with_header
from .replies import sentence_in

LONGEST_SENTENCE = 100
"""Words."""

_LEFT_OUT = "\n\n[...]\n\n"


class LlmHeaders(ChunkTransform):
    """Has a model write a sentence that situates each chunk, and puts it before what is indexed.

    The sentence says what "it" and "the company" are, which the chunk itself may not (contextual
    retrieval, Anthropic 2024). Costs one call per chunk at index time, each with the document: much
    for long documents, of which `document_tokens` limits what is shown. Nothing per question unless
    it is read too. Of a chunk about which no reply can be read, `unreadable` says what becomes.
    """

    name = "llm_headers"
    inputs: ClassVar[Mapping[str, Input]] = {
        **ChunkTransform.inputs,
        "documents": Input(Port.DOCUMENTS),
    }

    class Parameters(AskingChunksParameters):
        """Which model, what it sees, and who reads what it writes."""

        document_tokens: int = parameter(
            4000,
            "Tokens of the document that the model sees: its beginning, and what stands around the"
            " chunk.",
            ge=64,
            le=200_000,
        )
        read: bool = parameter(
            False,
            "Whether the sentence stands before what is read too.",
            search=ChoiceDomain((True, False)),
        )

    parameters: Parameters

    def transform(self, chunks: Chunks, documents: Documents) -> Chunks:
        """Return the chunks with their sentences.

        Raises:
            ComponentError: The model did not reply, or too often not in the form asked for.
        """
        known = documents_by_id(documents, chunks)
        starts = {name: token_starts(document.text) for name, document in known.items()}

        def span(chunk: Chunk) -> str:
            return known[chunk.document].text[chunk.start : chunk.end]

        def question(chunk: Chunk) -> list[Message]:
            document = known[chunk.document]
            shown = excerpt(
                document.text,
                starts[chunk.document],
                (chunk.start, chunk.end),
                self.parameters.document_tokens,
            )
            title = document.title.strip() or document.id
            return task(self.name, title=title, document=shown, passage=span(chunk))

        places = {(c.document, c.start, c.end): c for c in chunks}
        asked = [question(chunk) for chunk in places.values()]
        replies = ask_each(
            self.name, self.parameters, asked, lambda reply: sentence_in(reply, LONGEST_SENTENCE)
        )
        sentences = dict(zip(places, replies, strict=True))
        return Chunks(
            with_header(c, [sentence], span(c), read=self.parameters.read)
            if (sentence := sentences[c.document, c.start, c.end]) is not None
            else c
            for c in chunks
        )


def excerpt(text: str, starts: list[int], span: tuple[int, int], tokens: int) -> str:
    """Return as much of a text as fits: all of it, or its beginning and what is around a span.

    Args:
        text: The text.
        starts: The offset of each of its tokens.
        span: What must be in it as far as it fits.
        tokens: How many tokens it may have; of those a quarter is for the beginning.
    """
    if len(starts) <= tokens:
        return text
    ends = [*starts, len(text)]
    beginning = tokens // 4
    first, end = bisect_left(starts, span[0]), bisect_left(starts, span[1])
    spare = max(0, tokens - beginning - (end - first))
    first = max(0, first - spare // 2)
    if first <= beginning:  # one piece from the start on
        return text[: ends[tokens]].rstrip() + _LEFT_OUT.rstrip()
    first = min(first, len(starts) - (tokens - beginning))
    end = min(first + tokens - beginning, len(starts))
    around = text[ends[first] : ends[end]].strip()
    after = _LEFT_OUT.rstrip() if end < len(starts) else ""
    return text[: ends[beginning]].rstrip() + _LEFT_OUT + around + after
