"""Windows of a fixed number of tokens."""

from __future__ import annotations

from collections.abc import Iterator

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    Documents,
    IntDomain,
    Splitter,
    parameter,
)
from syftr_like.contracts.tokens import token_starts

from .chunking import Span, SplitterParameters, chunk_of, stripped


class TokenSplitter(Splitter):
    """Cuts windows of exactly so many tokens, whatever stands at their ends.

    The plain baseline: every chunk but a document's last costs a reader the same. Sentences, and
    words of more than one token, are cut through; overlap gives what was cut a second chance to be
    whole. Where the text has paragraphs or sentences, `recursive_splitter` cuts between them.
    """

    name = "token_splitter"

    class Parameters(SplitterParameters):
        """Length and overlap."""

        chunk_tokens: int = parameter(
            256, "Tokens per chunk.", ge=8, le=8192, search=IntDomain(64, 1024, log=True)
        )
        overlap: float = parameter(
            0.1,
            "Share of a chunk that is repeated at the start of the next one.",
            ge=0,
            le=0.5,
            search=ChoiceDomain((0.0, 0.1, 0.25)),
        )

    parameters: Parameters

    def split(self, documents: Documents) -> Chunks:
        """Return the chunks of all documents, in document order."""
        return Chunks(
            chunk_of(document, span, self.parameters.titles)
            for document in documents
            for span in self._spans(document.text)
        )

    def _spans(self, text: str) -> Iterator[Span]:
        starts = token_starts(text)
        size = self.parameters.chunk_tokens
        step = size - int(size * self.parameters.overlap)
        for first in range(0, len(starts), step):
            ends_here = first + size >= len(starts)
            end = len(text) if ends_here else starts[first + size]
            span = stripped(text, (starts[first], end))
            if span is not None:
                yield span
            if ends_here:
                return  # what would follow is repeated tokens only
