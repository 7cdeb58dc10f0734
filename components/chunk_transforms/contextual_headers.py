"""What a chunk's document says about it, put before the text that is indexed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar, Literal

from syftr_like.contracts import (
    ChoiceDomain,
    Chunks,
    ChunkTransform,
    ComponentParameters,
    Document,
    Documents,
    Input,
    Port,
    parameter,
)
from syftr_like.contracts.tokens import token_starts

from ..reading import split_sentences
from ..splitters.html_outline import html_outline
from ..splitters.markdown_outline import markdown_outline
from ..splitters.outline import Outline
from .headers import documents_by_id, with_header

LONGEST_SENTENCE = 64
"""Tokens of a document's first sentence that are put before its chunks."""


class ContextualHeaders(ChunkTransform):
    """Puts title, headings or first sentence of the document before the text that is indexed.

    A chunk from the middle of a document seldom names what it is about; its title and the headings
    above it do. Costs nothing but a longer index, and is read only if asked for. What a splitter
    has put there already is not repeated. Headings are those of Markdown, and those that an HTML
    file had; the first sentence is the first that is no heading.
    """

    name = "contextual_headers"
    inputs: ClassVar[Mapping[str, Input]] = {
        **ChunkTransform.inputs,
        "documents": Input(Port.DOCUMENTS),
    }

    class Parameters(ComponentParameters):
        """What is put where."""

        header: Literal["title", "headings", "first_sentence", "all"] = parameter(
            "headings",
            "What stands before a chunk: the title alone, the title and the headings above the"
            " chunk, the title and the document's first sentence, or all three.",
            search=ChoiceDomain(("title", "headings", "first_sentence", "all")),
        )
        read: bool = parameter(
            False,
            "Whether it stands before what is read too.",
            search=ChoiceDomain((True, False)),
        )

    parameters: Parameters

    def transform(self, chunks: Chunks, documents: Documents) -> Chunks:
        """Return the chunks with their headers.

        Raises:
            ComponentError: A chunk is of none of the documents.
        """
        known = documents_by_id(documents, chunks)
        described = {
            name: _Described(document, self.parameters.header) for name, document in known.items()
        }
        return Chunks(
            with_header(
                chunk,
                described[chunk.document].header(chunk.start),
                known[chunk.document].text[chunk.start : chunk.end],
                read=self.parameters.read,
            )
            for chunk in chunks
        )


class _Described:
    """What stands before the chunks of one document."""

    def __init__(self, document: Document, header: str) -> None:
        self._title = document.title.strip()
        outline = html_outline(document) or markdown_outline(document.text)
        self._outline = outline if header in ("headings", "all") else Outline()
        self._sentence_start, self._sentence = 0, ""
        if header in ("first_sentence", "all"):
            self._sentence_start, self._sentence = _first_sentence(document.text, outline)

    def header(self, start: int) -> list[str]:
        """Return the parts for a chunk that starts at a place."""
        path = [title for title in self._outline.path(start) if title != self._title]
        sentence = self._sentence if start > self._sentence_start else ""
        return [self._title, " > ".join(path), sentence]


def _first_sentence(text: str, outline: Outline) -> tuple[int, str]:
    """Return where the first sentence that is no heading starts, and what it says."""
    headings = {heading.start: heading.end for heading in outline.headings}
    beginning = 0
    for start, end in split_sentences(text):
        if start in headings:
            beginning = headings[start]
        if end <= beginning:
            continue
        starts = token_starts(text[start:end])
        if len(starts) > LONGEST_SENTENCE:
            end = start + starts[LONGEST_SENTENCE]
        return start, text[start:end]
    return 0, ""
