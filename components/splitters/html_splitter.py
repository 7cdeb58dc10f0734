"""Chunks of HTML pages, cut at their headings."""

from __future__ import annotations

from syftr_like.contracts import Document

from .heading_splitter import HeadingSplitter
from .html_outline import html_outline
from .outline import Outline


class HtmlSplitter(HeadingSplitter):
    """Cuts HTML pages at headings, and keeps tables and lists in one piece while they fit.

    Pages are read as text, without their tags; where headings, tables, lists and preformatted text
    stand in it is kept in a document's metadata when a `.html` file is loaded. This is all of HTML
    that is left, and what is cut by. Sections that are too long are cut further, as by
    `recursive_splitter`, but not within such a block that fits into a chunk, nor between a heading
    and the first words under it. Documents that were no HTML files are cut by length alone; tags in
    the text of a table's row are text.
    """

    name = "html_splitter"

    def outline(self, document: Document) -> Outline:
        """Return the headings and blocks that the page had.

        Raises:
            ComponentError: The metadata does not describe the text.
        """
        return html_outline(document) or Outline()
