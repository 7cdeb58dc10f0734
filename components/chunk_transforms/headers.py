"""Putting lines before the text that is indexed, and before what is read."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from syftr_like.contracts import Chunk, Document, Documents
from syftr_like.errors import ComponentError

BETWEEN = "\n\n"
"""What stands between the parts of a header, and between it and the text."""


def with_header(chunk: Chunk, parts: Sequence[str], span: str, *, read: bool) -> Chunk:
    """Return a chunk with a header before what is searched, with `read` also before what is read.

    A part that stands at the head of a text already is not repeated; nor is one that the text
    itself begins with.

    Args:
        chunk: The chunk.
        parts: The header, each part a paragraph.
        span: The characters of the chunk's span.
        read: Whether the header is read too.
    """
    told = [" ".join(part.split()) for part in parts]
    told = [part for part in dict.fromkeys(told) if part]
    searched = _headed(chunk.searched, told, span)
    text = _headed(chunk.text, told, span) if read else chunk.text
    return replace(chunk, text=text, search=None if searched == text else searched)


def documents_by_id(documents: Documents, chunks: Iterable[Chunk]) -> Mapping[str, Document]:
    """Return the documents by their id.

    Raises:
        ComponentError: A chunk is of none of them.
    """
    known = {document.id: document for document in documents}
    for chunk in chunks:
        if chunk.document not in known:
            raise ComponentError(f"there are chunks of an unknown document: '{chunk.document}'")
    return known


def _headed(text: str, parts: Sequence[str], span: str) -> str:
    """Return the text after the parts, those among them taken away that it had before its span."""
    room = len(text) - len(span) if text.endswith(span) else len(text)
    while head := next((p for p in parts if text.startswith(p + BETWEEN) and len(p) < room), ""):
        text = text[len(head) + len(BETWEEN) :]
        room -= len(head) + len(BETWEEN)
    return BETWEEN.join([*(part for part in parts if not _begins_with(text, part)), text])


def _begins_with(text: str, part: str) -> bool:
    """Whether a text begins with the words of a part, not only with their letters."""
    return text.startswith(part) and not text[len(part) : len(part) + 1].isalnum()
