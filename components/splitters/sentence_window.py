"""One sentence is searched, and read with those around it."""

from __future__ import annotations

from collections.abc import Iterator

from syftr_like.contracts import (
    Chunk,
    Chunks,
    Document,
    Documents,
    IntDomain,
    Splitter,
    parameter,
)

from .chunking import SplitterParameters, searched_apart
from .sentences import bounded_sentences


class SentenceWindow(Splitter):
    """Searches single sentences, and reads each with the sentences around it.

    A sentence says one thing, so that its words and its vector are not watered down by others; a
    reader still gets its surroundings. There are as many entries in the index as sentences, and
    passages of neighbouring sentences repeat each other. Known as sentence-window retrieval from
    LlamaIndex (`SentenceWindowNodeParser`). The whole of a document that is no longer than a window
    is one passage, whichever of its sentences is found. What has no full stop within 128 tokens,
    such as a table, is cut as by `recursive_splitter`.
    """

    name = "sentence_window"

    class Parameters(SplitterParameters):
        """How much is read."""

        around: int = parameter(
            2, "Sentences read on each side of the one found.", ge=0, le=50, search=IntDomain(1, 5)
        )

    parameters: Parameters

    def split(self, documents: Documents) -> Chunks:
        """Return one chunk per sentence, in document order; windows overlap."""
        return Chunks(chunk for document in documents for chunk in self._chunks(document))

    def _chunks(self, document: Document) -> Iterator[Chunk]:
        sentences = bounded_sentences(document.text)
        around = self.parameters.around
        for place, sentence in enumerate(sentences):
            first = sentences[max(0, place - around)]
            last = sentences[min(place + around, len(sentences) - 1)]
            read = (first[0], last[1])
            yield searched_apart(document, read, sentence, self.parameters.titles)
