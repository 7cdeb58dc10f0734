"""Collects the mistakes in a file, so that one error can say how many there are."""

from __future__ import annotations

from syftr_like.errors import InputError

_NAMED = 3


class Mistakes:
    """The mistakes found so far while a source is read.

    Only the first is reported in full; of the others their number and the first few places.

    Args:
        thing: What is bad, in the singular: "row", "file".
        unit: What a place counts, in the singular: "line", "row", or "" when places are names.
    """

    def __init__(self, thing: str, unit: str) -> None:
        self._thing = thing
        self._unit = unit
        self._first: InputError | None = None
        self._further: list[str] = []
        self._count = 0

    def __bool__(self) -> bool:
        return self._first is not None

    def add(self, error: InputError, place: str) -> None:
        """Note a mistake at a place: a line number, a row number or a file name."""
        if self._first is None:
            self._first = error
            return
        self._count += 1
        if len(self._further) < _NAMED:
            self._further.append(place)

    def raise_any(self) -> None:
        """Raise the first mistake, if there is one, with the number of the others.

        Raises:
            InputError: There was a mistake.
        """
        first = self._first
        if first is None:
            return
        if not self._count:
            raise first
        raise InputError(
            f"{first.problem} (and {self._others()})",
            location=first.location,
            found=first.found,
            expected=first.expected,
            nearest=first.nearest,
        ) from first

    def _others(self) -> str:
        things = self._thing if self._count == 1 else f"{self._thing}s"
        unit = self._unit if self._count == 1 or not self._unit else f"{self._unit}s"
        place = " ".join(part for part in (unit, ", ".join(self._further)) if part)
        where = f"at {place}" if self._count <= _NAMED else f"first at {place}"
        return f"{self._count} more bad {things}, {where}"
