"""Sets of characters of documents, as disjoint spans."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping
from itertools import pairwise
from typing import Protocol, TypeAlias

Span: TypeAlias = tuple[int, int]
"""Characters `start` to `end` (exclusive)."""

Characters: TypeAlias = Mapping[str, tuple[Span, ...]]
"""Document id to its spans: not empty, ascending, with at least one character between two."""

BORDER = 2
"""Length of a gap at a span's border that is taken for white space.

Splitters drop white space around chunks and annotators include or leave it out as it comes, while
an evaluator sees offsets and no document. A blank line (two line breaks) is the longest gap that
is common: all chunks of the recursive splitter together lack some evidence of 50 of the 472
questions of `chunking_evaluation` when no gap is forgiven, and of none with 2. Real text of one
or two characters that is lost is forgiven too.
"""


class Located(Protocol):
    """What has a place in a document: evidence or a chunk."""

    @property
    def document(self) -> str:
        """Id of the document."""

    @property
    def start(self) -> int:
        """Offset of the first character."""

    @property
    def end(self) -> int:
        """Offset after the last character."""


def union(places: Iterable[Located]) -> Characters:
    """Return the characters that lie in any of the places. Empty places are left out."""
    by_document: dict[str, list[Span]] = {}
    for place in places:
        if place.end > place.start:
            by_document.setdefault(place.document, []).append((place.start, place.end))
    return {document: _merged(spans) for document, spans in by_document.items()}


def _merged(spans: list[Span]) -> tuple[Span, ...]:
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return tuple(merged)


def length(characters: Characters) -> int:
    """Return the number of characters."""
    return sum(end - start for spans in characters.values() for start, end in spans)


def covered(target: Characters, by: Characters) -> int:
    """Return how many characters of `target` lie in `by`.

    An uncovered run of at most `BORDER` characters next to a covered one counts as covered: see
    `BORDER`. The result grows with `by` and never exceeds the length of `target`.
    """
    return sum(
        _covered_of_span(span, by[document])
        for document, spans in target.items()
        if document in by
        for span in spans
    )


def _covered_of_span(span: Span, by: tuple[Span, ...]) -> int:
    start, end = span
    first = max(0, bisect_right(by, (start, end)) - 1)
    common: list[Span] = []
    for other_start, other_end in by[first:]:
        if other_start >= end:
            break
        if other_end > start:
            common.append((max(start, other_start), min(end, other_end)))
    if not common:
        return 0
    gaps = [common[0][0] - start, end - common[-1][1]]
    gaps += [following[0] - previous[1] for previous, following in pairwise(common)]
    return end - start - sum(gap for gap in gaps if gap > BORDER)


def overlap(place: Located, characters: Characters) -> bool:
    """Whether a place shares text with the characters.

    At most `BORDER` shared characters are taken for white space, unless they are all of the place
    or all of a span.
    """
    for start, end in characters.get(place.document, ()):
        shared = min(end, place.end) - max(start, place.start)
        if shared > 0 and (shared > BORDER or shared in (end - start, place.end - place.start)):
            return True
    return False
