"""Small pieces are searched, and read with the larger one that holds them."""

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
from .recursion import split_recursively


class ParentChild(Splitter):
    """Searches small chunks, and reads the large chunk around the one that is found.

    Small chunks are found more precisely, large ones answer more questions. Each large chunk is
    read at most once, however many of its small ones are found. The index has as many entries as
    there are small chunks; a reader pays for large ones. Known as small-to-big retrieval, or
    LangChain's `ParentDocumentRetriever`. Both are cut as by `recursive_splitter`, without overlap;
    where a child may be as long as its parent, there is no difference to that.
    """

    name = "parent_child"

    class Parameters(SplitterParameters):
        """The two lengths."""

        parent_tokens: int = parameter(
            512,
            "Longest chunk that is read, in tokens.",
            ge=8,
            le=8192,
            search=IntDomain(256, 2048, log=True),
        )
        child_tokens: int = parameter(
            64,
            "Longest chunk that is searched, in tokens.",
            ge=8,
            le=8192,
            search=IntDomain(32, 256, log=True),
        )

    parameters: Parameters

    def split(self, documents: Documents) -> Chunks:
        """Return the small chunks, in document order; those of one parent have one place."""
        return Chunks(chunk for document in documents for chunk in self._chunks(document))

    def _chunks(self, document: Document) -> Iterator[Chunk]:
        p = self.parameters
        for start, end in split_recursively(document.text, p.parent_tokens, 0):
            for child in split_recursively(document.text[start:end], p.child_tokens, 0):
                found = (start + child[0], start + child[1])
                yield searched_apart(document, (start, end), found, p.titles)
