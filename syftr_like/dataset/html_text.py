"""Readable text from HTML, with paragraph breaks."""

from __future__ import annotations

import warnings
from itertools import chain
from typing import TYPE_CHECKING

from syftr_like.contracts import Json
from syftr_like.dataset.encoding import decode_utf8, unix_lines
from syftr_like.errors import InputError, Location

if TYPE_CHECKING:
    from bs4 import BeautifulSoup
    from bs4.element import PageElement

_DROPPED = frozenset(
    {"head", "script", "style", "noscript", "template", "svg", "iframe", "object", "title"}
)
_HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"]
_PARAGRAPHS = frozenset(
    {
        *_HEADINGS,
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "details",
        "dialog",
        "div",
        "dl",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "header",
        "hgroup",
        "hr",
        "main",
        "nav",
        "ol",
        "p",
        "pre",
        "section",
        "summary",
        "table",
        "ul",
    }
)
_LINES = frozenset({"br", "caption", "dd", "dt", "li", "option", "tr"})
_CELLS = frozenset({"td", "th"})
_BETWEEN = "\n\n"


_MARKED = frozenset({*_HEADINGS, "table", "pre", "ul", "ol", "dl"})

OUTLINE = "html_outline"
"""The entry of a page's metadata that says where its headings and blocks stand."""


def html_document(data: bytes, file: str) -> tuple[str, str, dict[str, Json]]:
    """Return title, text and metadata of an HTML page.

    The title is that of `<title>`, else the first heading, else "". Scripts, styles and other
    things that are not read are dropped; white space is collapsed as a browser does; blocks are
    paragraphs, with an empty line between; list items and table rows are lines, and a bar
    stands between the cells of a row.

    What the text does not show, and who cuts it needs, is in the metadata under `html_outline`:
    `headings`, each as [start, end, level] in characters of the text, and `blocks` (tables, lists,
    preformatted text), each as [start, end]; both in document order. A page that has neither has
    no such entry.

    Args:
        data: UTF-8, or the encoding that the page itself declares.
        file: Name for messages.

    Raises:
        InputError: Wrong encoding, or no HTML at all.
    """
    soup = _parse(_decode(data, file), file)
    titles = (" ".join(tag.get_text().split()) for tag in soup.find_all(["title"]))
    headings = (" ".join(tag.get_text().split()) for tag in soup.find_all(_HEADINGS))
    return next((title for title in chain(titles, headings) if title), ""), *_text(soup)


def _decode(data: bytes, file: str) -> str:
    from bs4.dammit import EncodingDetector

    try:
        return unix_lines(decode_utf8(data, file))
    except InputError as not_utf8:
        declared = EncodingDetector.find_declared_encoding(data, is_html=True)
        if declared is None:
            raise
        try:
            text = unix_lines(data.decode(declared))
            text.encode()  # Some codecs yield half surrogate pairs.
        except (UnicodeError, LookupError) as error:
            raise not_utf8 from error
        if "\0" in text:
            raise
        return text


def _parse(text: str, file: str) -> BeautifulSoup:
    from bs4 import BeautifulSoup
    from bs4.exceptions import ParserRejectedMarkup

    try:
        with warnings.catch_warnings():
            # XHTML draws a warning that an XML parser would suit it better; it would not.
            warnings.simplefilter("ignore")
            return BeautifulSoup(text, "html.parser")
    except ParserRejectedMarkup as error:
        raise InputError(
            "the file cannot be read as HTML", location=Location(file), found=str(error)
        ) from error


class _Writer:
    """Puts text together: lines within paragraphs."""

    def __init__(self) -> None:
        self._paragraphs: list[list[str]] = [[]]
        self._inline: list[str] = []
        self._preformatted = 0
        self._open: list[int] = []
        self._marked: list[tuple[int, int, str]] = []

    def write(self, text: str) -> None:
        self._inline.append(text)

    def begin(self, name: str) -> None:
        self._break(name)
        if name in _MARKED:
            self._open.append(len(self._paragraphs) - 1)
        self._preformatted += name == "pre"
        if name in _CELLS and "".join(self._inline).strip():
            self._inline.append(" | ")

    def end(self, name: str) -> None:
        self._break(name)
        if name in _MARKED:
            self._marked.append((self._open.pop(), len(self._paragraphs) - 1, name))
        self._preformatted -= name == "pre"

    def text(self) -> tuple[str, dict[str, Json]]:
        """Return the text, and as metadata where its headings and blocks stand."""
        self._end_line()
        spans: list[tuple[int, int] | None] = []
        texts: list[str] = []
        offset = 0
        for lines in self._paragraphs:
            text = "\n".join(lines)
            spans.append((offset, offset + len(text)) if lines else None)
            if lines:
                texts.append(text)
                offset += len(text) + len(_BETWEEN)
        return _BETWEEN.join(texts), self._metadata(spans)

    def _metadata(self, spans: list[tuple[int, int] | None]) -> dict[str, Json]:
        headings: list[list[int]] = []
        blocks: list[list[int]] = []
        for first, end, name in sorted(self._marked):
            inside = [span for span in spans[first:end] if span is not None]
            if not inside:
                continue
            place = [inside[0][0], inside[-1][1]]
            if name in _HEADINGS:
                headings.append([*place, int(name[1])])
            else:
                blocks.append(place)
        return {OUTLINE: {"headings": headings, "blocks": blocks}} if headings or blocks else {}

    def _break(self, name: str) -> None:
        if name in _LINES:
            self._end_line()
        elif name in _PARAGRAPHS:
            self._end_line()
            self._paragraphs.append([])

    def _end_line(self) -> None:
        text = "".join(self._inline)
        self._inline.clear()
        if not text.strip():
            return
        if self._preformatted:
            lines = [line.rstrip() for line in text.strip("\n").split("\n")]
        else:
            lines = [" ".join(text.split())]
        self._paragraphs[-1].extend(lines)


def _text(soup: BeautifulSoup) -> tuple[str, dict[str, Json]]:
    from bs4.element import CData, NavigableString, Tag

    writer = _Writer()
    # An explicit stack: pages nest deeper than Python recurses. True closes a tag.
    stack: list[tuple[PageElement, bool]] = [(soup, False)]
    while stack:
        node, closing = stack.pop()
        if isinstance(node, Tag):
            if closing:
                writer.end(node.name)
            elif node.name not in _DROPPED:
                writer.begin(node.name)
                stack.append((node, True))
                stack.extend((child, False) for child in reversed(node.contents))
        # Comments, doctypes and the like are subclasses of NavigableString.
        elif type(node) in (NavigableString, CData):
            writer.write(str(node))
    return writer.text()
