"""Chunks of a fixed number of sentences."""

from __future__ import annotations

from collections.abc import Iterator

from syftr_like.contracts import (
    Chunks,
    Documents,
    IntDomain,
    Splitter,
    parameter,
)

from ..reading import split_sentences
from .chunking import Span, SplitterParameters, chunk_of


class SentenceSplitter(Splitter):
    """Puts a fixed number of whole sentences into each chunk.

    No sentence is ever cut, so that a short chunk still reads as a statement. Paragraphs are not
    respected: a chunk may run from one into the next.
    """

    name = "sentence_splitter"

    class Parameters(SplitterParameters):
        """Length and overlap, in sentences."""

        sentences: int = parameter(5, "Sentences per chunk.", ge=1, le=200, search=IntDomain(2, 12))
        overlap_sentences: int = parameter(
            0,
            "Sentences repeated at the start of the next chunk; at most `sentences` - 1 are.",
            ge=0,
            le=100,
            search=IntDomain(0, 2),
        )

    parameters: Parameters

    def split(self, documents: Documents) -> Chunks:
        """Return the chunks of all documents, in document order."""
        return Chunks(
            chunk_of(document, span, self.parameters.titles)
            for document in documents
            for span in self._spans(split_sentences(document.text))
        )

    def _spans(self, sentences: list[Span]) -> Iterator[Span]:
        size = self.parameters.sentences
        step = max(1, size - self.parameters.overlap_sentences)
        for first in range(0, len(sentences), step):
            last = min(first + size, len(sentences)) - 1
            yield sentences[first][0], sentences[last][1]
            if last == len(sentences) - 1:
                return  # what would follow is repeated sentences only
