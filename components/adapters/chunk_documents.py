"""Chunks and passages as LangChain documents, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import pairwise

from langchain_core.documents import Document

from syftr_like.contracts import Chunk, Passage


def document_of(chunk: Chunk) -> Document:
    """Return a LangChain document that says in its metadata where the chunk stands."""
    return Document(
        page_content=chunk.searched,
        metadata={"document": chunk.document, "start": chunk.start, "end": chunk.end},
    )


def chunk_of(document: Document, by_text: Mapping[str, Chunk]) -> Chunk:
    """Return the chunk that a LangChain document is.

    By its metadata, else by its exact text; else it is text from elsewhere, with the id that
    `source` gives and an empty span, so that it never counts as evidence.
    """
    metadata = document.metadata
    name, start, end = (metadata.get(key) for key in ("document", "start", "end"))
    if isinstance(name, str) and isinstance(start, int) and isinstance(end, int):
        return Chunk(document=name, start=start, end=end, text=document.page_content)
    known = by_text.get(document.page_content)
    if known is not None:
        return known
    source = metadata.get("source")
    return Chunk(
        document=source if isinstance(source, str) else "",
        start=0,
        end=0,
        text=document.page_content,
    )


def ranked(chunks: Iterable[Chunk], scores: Sequence[float] | None = None) -> list[Passage]:
    """Return chunks, best first, as passages; without falling scores, of score 1 / rank."""
    listed = list(chunks)
    if scores is None or any(a < b for a, b in pairwise(scores)):
        scores = [1 / rank for rank in range(1, len(listed) + 1)]
    return [Passage(chunk, float(score)) for chunk, score in zip(listed, scores, strict=True)]
