"""The headings and blocks that an HTML page had, from its document's metadata."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from syftr_like.contracts import Document
from syftr_like.errors import ComponentError

from .outline import Heading, Outline

_ENTRY = "html_outline"
"""Where the loader of HTML files puts it."""


def html_outline(document: Document) -> Outline | None:
    """Return the outline of what was an HTML page, None for another document.

    Raises:
        ComponentError: The metadata does not describe the text.
    """
    told = document.metadata.get(_ENTRY)
    if told is None:
        return None
    try:
        if not isinstance(told, Mapping):
            raise TypeError("no object")
        headings = [_numbers(document, row, 3) for row in _rows(told["headings"])]
        blocks = [_numbers(document, row, 2) for row in _rows(told["blocks"])]
    except (KeyError, TypeError, ValueError) as error:
        raise ComponentError(
            f"`{_ENTRY}` in the metadata of the document '{document.id}' must hold headings as"
            f" [start, end, level] and blocks as [start, end], all within the text: {error}"
        ) from error
    return Outline(
        tuple(
            Heading(start, end, level, " ".join(document.text[start:end].split()))
            for start, end, level in sorted(headings)
        ),
        tuple((start, end) for start, end in sorted(blocks)),
    )


def _rows(value: object) -> Sequence[object]:
    if not isinstance(value, Sequence) or isinstance(value, str):
        raise TypeError(f"{value!r:.40} is no list")
    return value


def _numbers(document: Document, row: object, count: int) -> list[int]:
    numbers = [number for number in _rows(row) if type(number) is int]
    if len(numbers) != count or not 0 <= numbers[0] <= numbers[1] <= len(document.text):
        raise ValueError(f"{row!r:.40}")
    return numbers
