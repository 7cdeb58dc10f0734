"""Identifiers: text or whole numbers, each once."""

from __future__ import annotations

from syftr_like.contracts import Json
from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.row import Row


def as_id(row: Row, name: str, value: Json) -> str:
    """Return an identifier as text; whole numbers are written out.

    Raises:
        InputError: Missing, empty, or neither text nor a whole number.
    """
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return row.text(name, value)


class Ids:
    """The identifiers seen so far, and where."""

    def __init__(self) -> None:
        self._places: dict[str, str] = {}

    def place(self, identifier: str) -> str | None:
        """Return where an identifier was seen first: "line 3"."""
        return self._places.get(identifier)

    def register(self, row: Row, identifier: str) -> None:
        """Note an identifier.

        Raises:
            InputError: It was seen before; names both places.
        """
        first = self._places.setdefault(identifier, row.place)
        if first != row.place:
            raise row.error(
                f"duplicate id '{excerpt(identifier)}'",
                found=f"{row.place}, and first {first}",
                expected="an id for each row that no other row has",
            )
