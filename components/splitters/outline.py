"""What divides a document: its headings, and blocks that should stay whole."""

from __future__ import annotations

import re
from dataclasses import dataclass

from .chunking import Span
from .recursion import PROSE, split_recursively

_VISIBLE = re.compile(r"\S")


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading: its span in the document's text, its level from 1, and what it says.

    White space at its ends is not in the span.
    """

    start: int
    end: int
    level: int
    title: str


@dataclass(frozen=True, slots=True)
class Outline:
    """The form of a document.

    Attributes:
        headings: In document order.
        blocks: Spans that are not cut while they fit into a chunk, such as tables and code;
            in document order, without overlap.
    """

    headings: tuple[Heading, ...] = ()
    blocks: tuple[Span, ...] = ()

    def path(self, start: int, level: int = 6) -> tuple[str, ...]:
        """Return the headings that a place stands under, outermost first.

        Args:
            start: The place; a heading that begins there or later is not above it.
            level: Deepest level that counts.
        """
        above: list[Heading] = []
        for heading in self.headings:
            if heading.start > start:
                break
            while above and above[-1].level >= heading.level:
                above.pop()
            if heading.start < start:
                above.append(heading)
        return tuple(h.title for h in above if h.title and h.level <= level)

    def section_starts(self, text: str, level: int) -> list[int]:
        """Return where sections begin: at headings down to a level.

        A heading that another one follows at once has no text of its own: the two begin one
        section. What stands before the first heading is a section too.
        """
        starts = [0]
        wanted = [heading for heading in self.headings if heading.level <= level]
        bare_from = 0
        for heading in wanted:
            if text[bare_from : heading.start].strip():
                starts.append(heading.start)
            bare_from = heading.end
        return starts

    def kept_whole(self, text: str) -> tuple[list[Span], list[Span]]:
        """Return what is not cut while it fits: blocks, and headings with what follows them.

        The second list, for where that does not fit, is of the blocks alone.
        """
        led = []
        for heading in self.headings:
            following = _VISIBLE.search(text, heading.end)
            led.append((heading.start, following.end() if following else len(text)))
        return [*led, *self.blocks], list(self.blocks)


def split_by_outline(
    text: str, outline: Outline, *, level: int, chunk_tokens: int, overlap_tokens: int
) -> list[Span]:
    """Cut a text at its headings, then what is longer than `chunk_tokens` further.

    Args:
        text: The document's.
        outline: Its headings and blocks.
        level: Headings down to this level begin a chunk; 0 for none.
        chunk_tokens: Longest chunk, in tokens. A block is cut only where it alone is longer.
        overlap_tokens: Tokens that chunks of one section may share at most.
    """
    whole = outline.kept_whole(text)
    starts = outline.section_starts(text, level)
    spans: list[Span] = []
    for start, end in zip(starts, [*starts[1:], len(text)], strict=True):
        inside = [[(a - start, b - start) for a, b in tier if start <= a < end] for tier in whole]
        found = split_recursively(text[start:end], chunk_tokens, overlap_tokens, PROSE, inside)
        spans += [(start + a, start + b) for a, b in found]
    return spans
