"""What splitters have in common that cut at headings."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from dataclasses import replace

from syftr_like.contracts import (
    ChoiceDomain,
    Chunk,
    Chunks,
    Document,
    Documents,
    IntDomain,
    Splitter,
    parameter,
)

from .chunking import SplitterParameters, chunk_of, titled
from .outline import Outline, split_by_outline


class HeadingParameters(SplitterParameters):
    """Parameters of every splitter that cuts at headings."""

    heading_level: int = parameter(
        2,
        "Headings down to this level begin a chunk; 0 for none.",
        ge=0,
        le=6,
        search=IntDomain(1, 3),
    )
    heading_path: bool = parameter(
        True,
        "Put the headings that a chunk stands under before its text; not counted in its length.",
        search=ChoiceDomain((True, False)),
    )
    chunk_tokens: int = parameter(
        256, "Longest chunk, in tokens.", ge=8, le=8192, search=IntDomain(64, 1024, log=True)
    )
    overlap: float = parameter(
        0.0,
        "Share of a chunk that may be repeated at the start of the next one of the same section.",
        ge=0,
        le=0.5,
        search=ChoiceDomain((0.0, 0.1, 0.25)),
    )


class HeadingSplitter(Splitter):
    """Base of the splitters that cut at headings. Subclasses say where these stand."""

    Parameters = HeadingParameters

    parameters: HeadingParameters

    @abstractmethod
    def outline(self, document: Document) -> Outline:
        """Return the headings and blocks of a document."""

    def split(self, documents: Documents) -> Chunks:
        """Return the chunks of all documents, in document order."""
        return Chunks(chunk for document in documents for chunk in self._chunks(document))

    def _chunks(self, document: Document) -> Iterator[Chunk]:
        p = self.parameters
        outline = self.outline(document)
        spans = split_by_outline(
            document.text,
            outline,
            level=p.heading_level,
            chunk_tokens=p.chunk_tokens,
            overlap_tokens=int(p.chunk_tokens * p.overlap),
        )
        for span in spans:
            path = outline.path(span[0]) if p.heading_path else ()
            if p.titles:
                path = tuple(title for title in path if title != document.title.strip())
            chunk = chunk_of(document, span, p.titles and not path)
            if path:
                text = titled(document, f"{' > '.join(path)}\n\n{chunk.text}", p.titles)
                chunk = replace(chunk, text=text)
            yield chunk
