"""Recursive splitting of one text, with exact offsets.

The method is that of LangChain's `RecursiveCharacterTextSplitter`: cut at the coarsest boundary
that occurs, cut what is still too long at the next finer one, then join neighbours while they
fit. That class returns strings, whose places in a text that repeats itself are ambiguous; here
every piece is a span from the start. The tests hold the two against each other.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import TypeAlias

from syftr_like.contracts.tokens import token_starts

from ..reading import split_sentences
from .chunking import Span, stripped

Boundaries: TypeAlias = Callable[[str], Iterable[int]]
"""Offsets in a text at which it may be cut, ascending."""


def before(pattern: str) -> Boundaries:
    """Return boundaries that stand before each match of a regular expression."""
    compiled = re.compile(pattern)
    return lambda text: (match.start() for match in compiled.finditer(text))


def sentence_starts(text: str) -> Iterable[int]:
    """Return the offset of every sentence."""
    return (start for start, _ in split_sentences(text))


PROSE: Sequence[Boundaries] = (
    before(r"\n[^\S\n]*\n"),
    before(r"\n"),
    sentence_starts,
    before(r"\s+"),
    token_starts,
)
"""Paragraphs, lines, sentences, words, tokens."""


def split_recursively(
    text: str,
    chunk_tokens: int,
    overlap_tokens: int,
    levels: Sequence[Boundaries] = PROSE,
    whole: Sequence[Sequence[Span]] = (),
) -> list[Span]:
    """Split a text into spans of at most `chunk_tokens` tokens.

    Neighbouring spans share whole pieces of the level at which they were cut, at most
    `overlap_tokens` tokens of them. White space at the ends of a span is left out; every other
    character stands in at least one span. Only a piece that no level cuts can be longer than
    `chunk_tokens`, which the levels of `PROSE` rule out.

    No cut is made inside the first spans of `whole`; in what is then still too long none inside
    the second ones, and so on; in what is too long even so, anywhere.
    """
    starts = token_starts(text)
    kept = [_merged(spans) for spans in whole]

    def tokens(span: Span) -> int:
        return bisect_left(starts, span[1]) - bisect_left(starts, span[0])

    def split(
        span: Span, finer: Sequence[Boundaries], uncut: Sequence[Sequence[Span]]
    ) -> list[Span]:
        pieces, finer = _cut(text, span, finer, uncut[0] if uncut else ())
        spans: list[Span] = []
        fitting: list[Span] = []
        for piece in pieces:
            if tokens(piece) <= chunk_tokens:
                fitting.append(piece)
                continue
            spans += _join(fitting, tokens, chunk_tokens, overlap_tokens)
            fitting = []
            if finer:
                spans += split(piece, finer, uncut)
            elif uncut:
                spans += split(piece, levels, uncut[1:])
            else:
                spans.append(piece)
        return spans + _join(fitting, tokens, chunk_tokens, overlap_tokens)

    found = (stripped(text, span) for span in split((0, len(text)), levels, kept))
    return [span for span in found if span is not None]


def _cut(
    text: str, span: Span, levels: Sequence[Boundaries], uncut: Sequence[Span]
) -> tuple[list[Span], Sequence[Boundaries]]:
    """Cut a span at the first level that cuts it; return the pieces and the finer levels left.

    No cut is made inside the spans of `uncut`, which are in order and apart from each other.
    """
    start, end = span
    part = text[start:end]
    for position, boundaries in enumerate(levels):
        cuts = [start + offset for offset in boundaries(part) if 0 < offset < end - start]
        cuts = [cut for cut in cuts if not _inside(cut, uncut)]
        if cuts:
            return list(zip([start, *cuts], [*cuts, end], strict=True)), levels[position + 1 :]
    return [span], ()


def _inside(cut: int, spans: Sequence[Span]) -> bool:
    """Whether a place stands between the ends of one of the spans."""
    place = bisect_left(spans, (cut, -1)) - 1
    return place >= 0 and cut < spans[place][1]


def _merged(spans: Sequence[Span]) -> list[Span]:
    """Return spans in order, those that share characters joined."""
    merged: list[Span] = []
    for start, end in sorted(spans):
        if merged and start < merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _join(
    pieces: Sequence[Span], tokens: Callable[[Span], int], limit: int, overlap: int
) -> list[Span]:
    """Join neighbouring pieces while they fit in `limit`, carrying `overlap` tokens over."""
    joined: list[Span] = []
    first, total = 0, 0
    sizes = [tokens(piece) for piece in pieces]
    for last, size in enumerate(sizes):
        if total + size > limit and last > first:
            joined.append((pieces[first][0], pieces[last - 1][1]))
            while total > overlap or (total + size > limit and total > 0):
                total -= sizes[first]
                first += 1
        total += size
    if pieces:
        joined.append((pieces[first][0], pieces[-1][1]))
    return joined
