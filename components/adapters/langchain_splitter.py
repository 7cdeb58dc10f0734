"""Splitters by dotted path."""

from __future__ import annotations

import re
from functools import cached_property

from langchain_text_splitters import TextSplitter

from syftr_like.contracts import Adapter, Chunk, Chunks, Document, Documents, Splitter
from syftr_like.errors import ComponentError

from ..splitters.chunking import Span, SplitterParameters, titled
from .arguments import LangchainParameters, made
from .factories import makes


class LangchainSplitter(Adapter, Splitter):
    """Splits with any LangChain `TextSplitter` named by dotted path.

    The place of each piece is looked up in the document. A splitter that changes white space is
    followed; one that changes words makes the evaluation fail, since evidence could not be told.
    """

    name = "langchain_splitter"
    wraps = "TextSplitter"

    class Parameters(LangchainParameters, SplitterParameters):
        """What splits, and whether titles are put before the pieces."""

    parameters: Parameters

    @classmethod
    def adapts(cls, factory: object) -> bool:
        """Whether it makes a text splitter."""
        return makes(factory, TextSplitter)

    def split(self, documents: Documents) -> Chunks:
        """Return the chunks of all documents, in document order.

        Raises:
            ComponentError: A piece does not stand in its document.
            InputError: The factory failed.
        """
        return Chunks(chunk for document in documents for chunk in self._chunks(document))

    @cached_property
    def _splitter(self) -> TextSplitter:
        return made(self, TextSplitter)

    def _chunks(self, document: Document) -> list[Chunk]:
        chunks: list[Chunk] = []
        # Pieces that follow each other may overlap, unless the splitter says that they do not.
        overlapping = getattr(self._splitter, "_chunk_overlap", None) != 0
        search_from = 0
        for piece in self._splitter.split_text(document.text):
            if not piece.strip():
                continue
            span = _find(document.text, piece, search_from)
            if span is None:
                raise ComponentError(
                    f"{self.parameters.uses} changed the text of the document '{document.id}': "
                    f"no place for {piece[:60]!r}"
                )
            search_from = span[0] + 1 if overlapping else span[1]
            text = titled(document, piece, self.parameters.titles)
            chunks.append(Chunk(document.id, *span, text))
        return chunks


def _find(text: str, piece: str, start: int) -> Span | None:
    """Return the first span from `start` on that holds the piece, white space aside."""
    found = text.find(piece, start)
    if found >= 0:
        return found, found + len(piece)
    words = re.compile(r"\s+".join(map(re.escape, piece.split())))
    match = words.search(text, start)
    return match.span() if match else None
