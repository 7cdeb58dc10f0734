"""The headings, tables and code of a Markdown text, with exact offsets."""

from __future__ import annotations

import re

from markdown_it import MarkdownIt

from .chunking import Span, stripped
from .outline import Heading, Outline

_FRONT_MATTER = re.compile(
    r"\A---[ \t]*\r?\n.*?^(?:---|\.\.\.)[ \t]*\r?$\n?", re.DOTALL | re.MULTILINE
)
_LINE_END = re.compile(r"\r\n?|\n")
_BLOCKS = frozenset({"fence", "code_block", "table_open", "html_block"})

_parser = MarkdownIt("commonmark").enable("table")


def markdown_outline(text: str) -> Outline:
    """Return the outline of a Markdown text (CommonMark, with GitHub's tables).

    Headings inside lists and quotations divide nothing. Front matter is one block. A text that is
    no Markdown has few headings or none.
    """
    front = _FRONT_MATTER.match(text)
    offset = front.end() if front else 0
    starts = [offset, *(offset + m.end() for m in _LINE_END.finditer(text[offset:])), len(text)]

    def span(lines: list[int]) -> Span:
        whole = starts[lines[0]], starts[min(lines[1], len(starts) - 1)]
        return stripped(text, whole) or (whole[0], whole[0])

    headings: list[Heading] = []
    blocks = [(0, len(text[:offset].rstrip()))] if front else []
    tokens = _parser.parse(text[offset:])
    for place, token in enumerate(tokens):
        if token.map is None:
            continue
        if token.type == "heading_open" and token.level == 0:
            title = " ".join(tokens[place + 1].content.split())
            headings.append(Heading(*span(token.map), int(token.tag[1:]), title))
        elif token.type in _BLOCKS:
            blocks.append(span(token.map))
    return Outline(tuple(headings), tuple(blocks))
