"""Reading what a model copied from a passage."""

from __future__ import annotations

import re

from syftr_like.errors import ComponentError

from ..reply_forms import NONE, lines_of
from .compression import Span


def quoted_spans(reply: str, text: str, start: int = 0) -> list[Span]:
    """Return what the lines of a reply copy from a text, as spans in it, in order, joined.

    Lines that do not stand in the text word for word are passed over; runs of white space are
    alike. A reply of `NONE` copies nothing.

    Args:
        reply: The reply.
        text: The text.
        start: Where the part of the text begins that may be copied.

    Raises:
        ComponentError: The reply is empty, or none of its lines stands in the text.
    """
    lines = lines_of(reply, f"the sentences that you copy, or {NONE}")
    found = [span for line in lines if (span := _place(line, text, start)) is not None]
    if lines and not found:
        raise ComponentError(
            "none of its lines stands in the passage word for word; copy whole sentences, one per"
            f" line, or reply with {NONE}"
        )
    return _united(found)


def _place(line: str, text: str, start: int) -> Span | None:
    pattern = r"\s+".join(re.escape(word) for word in line.split())
    match = re.compile(pattern).search(text, start)
    return match.span() if match else None


def _united(spans: list[Span]) -> list[Span]:
    """Return spans in order, those that overlap or touch made one."""
    united: list[Span] = []
    for start, end in sorted(spans):
        if united and start <= united[-1][1]:
            united[-1] = (united[-1][0], max(united[-1][1], end))
        else:
            united.append((start, end))
    return united
