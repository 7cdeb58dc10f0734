"""Chunks of about equal length, cut where the text itself is divided."""

from __future__ import annotations

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    Documents,
    IntDomain,
    Splitter,
    parameter,
)

from .chunking import SplitterParameters, chunk_of
from .recursion import split_recursively


class RecursiveSplitter(Splitter):
    """Cuts at paragraphs, then lines, sentences and words, until every chunk is short enough.

    The usual choice for prose of unknown form. Chunks are as long as they can be, so that
    `chunk_tokens` decides how much context a reader gets per passage; smaller chunks are found
    more precisely and hold less. Lengths are in the tokens of `syftr_like.contracts.tokens`.
    """

    name = "recursive_splitter"

    class Parameters(SplitterParameters):
        """Length and overlap."""

        chunk_tokens: int = parameter(
            256,
            "Longest chunk, in tokens.",
            ge=8,
            le=8192,
            search=IntDomain(64, 1024, log=True),
        )
        overlap: float = parameter(
            0.1,
            "Share of a chunk that may be repeated at the start of the next one.",
            ge=0,
            le=0.5,
            search=ChoiceDomain((0.0, 0.1, 0.25)),
        )

    parameters: Parameters

    def split(self, documents: Documents) -> Chunks:
        """Return the chunks of all documents, in document order."""
        limit = self.parameters.chunk_tokens
        overlap = int(limit * self.parameters.overlap)
        return Chunks(
            chunk_of(document, span, self.parameters.titles)
            for document in documents
            for span in split_recursively(document.text, limit, overlap)
        )
