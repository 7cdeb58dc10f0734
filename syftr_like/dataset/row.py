"""A row of a table, whatever file it came from, and where it stands."""

from __future__ import annotations

import datetime
import decimal
import json
import math
from collections.abc import Mapping
from dataclasses import dataclass

from syftr_like.contracts import Json
from syftr_like.dataset.excerpt import excerpt, rendering, type_name
from syftr_like.errors import InputError, Location


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        location: File, and line where the format has lines.
        number: 1-based; the header of a CSV file does not count.
        fields: Values by column name.
        tabular: From a table with cells (CSV, Parquet, Hugging Face): messages give the row
            number, and a cell may hold JSON as text.
    """

    location: Location
    number: int
    fields: Mapping[str, Json]
    tabular: bool

    @property
    def place(self) -> str:
        """What to call the row in a message about another: "line 3" or "row 3"."""
        if self.location.line is not None:
            return f"line {self.location.line}"
        return f"row {self.number}"

    @property
    def place_number(self) -> str:
        """The number in `place`."""
        return self.place.split()[-1]

    def error(
        self,
        problem: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        nearest: str | None = None,
    ) -> InputError:
        """Return an error that points at this row."""
        return InputError(
            f"row {self.number}: {problem}" if self.tabular else problem,
            location=self.location,
            found=found,
            expected=expected,
            nearest=nearest,
        )

    def wrong_type(self, name: str, value: Json, expected: str) -> InputError:
        """Return the error of a value that has the wrong type."""
        return self.error(
            f"'{name}' is {type_name(value)}", found=rendering(value), expected=expected
        )

    def text(self, name: str, value: Json) -> str:
        """Return a value that must be text with something in it.

        Raises:
            InputError: Missing, not text, or blank.
        """
        if value is None:
            raise self.error(f"'{name}' is missing", expected=f"text in '{name}'")
        if not isinstance(value, str):
            raise self.wrong_type(name, value, f"text in '{name}'")
        if not value.strip():
            raise self.error(
                f"'{name}' is empty", found=rendering(value), expected=f"text in '{name}'"
            )
        return value

    def cell(self, name: str, value: Json, *, single_text: bool = False) -> Json:
        """Return what a cell holds: where tables have only text, lists stand in it as JSON.

        With `single_text`, text that does not begin as a list is plain text.

        Raises:
            InputError: Not JSON where it has to be.
        """
        if not self.tabular or not isinstance(value, str):
            return value
        if single_text and not value.lstrip().startswith("["):
            return value
        try:
            parsed: Json = json.loads(value)
        except (ValueError, RecursionError) as error:
            raise self.error(
                f"'{name}' is not valid JSON: {excerpt(str(error))}",
                found=rendering(value),
                expected="JSON in the cell",
            ) from error
        _check(self, name, parsed)
        return parsed


def check_characters(row: Row) -> None:
    """Refuse characters that no database or UTF-8 file can hold.

    JSON can smuggle them in as escapes, and they would fail much later.

    Raises:
        InputError: A NUL character or half of a surrogate pair.
    """
    for name, value in row.fields.items():
        _check(row, name, [name, value])


def _check(row: Row, name: str, value: Json) -> None:
    bad = _unstorable(value)
    if bad:
        raise row.error(
            f"'{excerpt(name)}' holds {bad}",
            expected="text that can be written as UTF-8, without NUL",
        )


def _unstorable(value: Json) -> str | None:
    if isinstance(value, str):
        if "\0" in value:
            return "a NUL character"
        try:
            value.encode()
        except UnicodeEncodeError:
            return "half of a surrogate pair"
        return None
    if isinstance(value, Mapping):
        items = [*value.keys(), *value.values()]
    elif isinstance(value, list | tuple):
        items = list(value)
    else:
        return None
    return next((bad for item in items if (bad := _unstorable(item))), None)


def as_json(value: object) -> Json:
    """Return a cell of a typed table as JSON. Dates become ISO text; NaN becomes null.

    Raises:
        TypeError: The value has no place in JSON, such as bytes or an image; names its type.
    """
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return None if math.isnan(value) else value
    if isinstance(value, datetime.date | datetime.time):
        return value.isoformat()
    if isinstance(value, decimal.Decimal):
        return str(value)
    if isinstance(value, list | tuple):
        return [as_json(item) for item in value]
    if isinstance(value, dict):
        return {str(key): as_json(item) for key, item in value.items()}
    raise TypeError(type(value).__name__)
