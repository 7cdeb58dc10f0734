"""What divides a document: its headings, and blocks that should stay whole."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from functools import cached_property

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


@dataclass(frozen=True)
class Outline:
    """The form of a document.

    Attributes:
        headings: In document order.
        blocks: Spans that are not cut while they fit into a chunk, such as tables and code;
            one may lie in another.
    """

    headings: tuple[Heading, ...] = ()
    blocks: tuple[Span, ...] = ()

    def path(self, start: int) -> tuple[str, ...]:
        """Return the headings that a place stands under, outermost first.

        Args:
            start: The place; a heading that begins there or later is not above it.
        """
        before = bisect_left(self._starts, start)
        above = self._above[before - 1] if before else ()
        if before < len(self.headings) and self.headings[before].start == start:
            own = self.headings[before].level
            above = tuple(heading for heading in above if heading.level < own)
        return tuple(heading.title for heading in above if heading.title)

    @cached_property
    def _starts(self) -> list[int]:
        return [heading.start for heading in self.headings]

    @cached_property
    def _above(self) -> list[tuple[Heading, ...]]:
        """For each heading, those that a place under it stands under, itself included."""
        found: list[tuple[Heading, ...]] = []
        above: tuple[Heading, ...] = ()
        for heading in self.headings:
            above = (*(h for h in above if h.level < heading.level), heading)
            found.append(above)
        return found

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

    def kept_whole(self, text: str) -> tuple[list[Span], ...]:
        """Return what is not cut while it fits, each list in order.

        The first is of the blocks, and of headings with what follows them. The others are for where
        those do not fit: all blocks; then those that hold no other, as pages may be laid out in
        tables.
        """
        led = []
        for heading in self.headings:
            following = _VISIBLE.search(text, heading.end)
            led.append((heading.start, following.end() if following else len(text)))
        outer_first = sorted(self.blocks, key=lambda span: (span[0], -span[1]))
        innermost = [
            span
            for place, span in enumerate(outer_first)
            if all(start >= span[1] for start, _ in outer_first[place + 1 : place + 2])
        ]
        return sorted([*led, *self.blocks]), sorted(self.blocks), innermost


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
        inside = [
            [(a - start, b - start) for a, b in tier[_place(tier, start) : _place(tier, end)]]
            for tier in whole
        ]
        found = split_recursively(text[start:end], chunk_tokens, overlap_tokens, PROSE, inside)
        spans += [(start + a, start + b) for a, b in found]
    return spans


def _place(spans: list[Span], start: int) -> int:
    """Return the position of the first span that begins at a place or later."""
    return bisect_left(spans, (start, -1))
