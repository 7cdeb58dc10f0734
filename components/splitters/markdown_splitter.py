"""Chunks of Markdown documents, cut at their headings."""

from __future__ import annotations

from syftr_like.contracts import Document

from .heading_splitter import HeadingSplitter
from .markdown_outline import markdown_outline
from .outline import Outline


class MarkdownSplitter(HeadingSplitter):
    """Cuts Markdown at headings, and keeps tables and code in one piece while they fit.

    A section is what its author thought belongs together; the path of headings before a chunk says
    what it is about where its sentences do not. Sections that are too long are cut further, as by
    `recursive_splitter`, but not within a table, a block of code or HTML that fits into a chunk,
    nor between a heading and the first words under it. Short sections stay chunks of their own. A
    document without headings is cut by length alone.
    """

    name = "markdown_splitter"

    def outline(self, document: Document) -> Outline:
        """Return the headings, tables and code of the text, read as Markdown."""
        return markdown_outline(document.text)
