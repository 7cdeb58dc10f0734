"""CSV: a header, then a row for each document or question."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from syftr_like.contracts import Json
from syftr_like.dataset.encoding import decode_utf8
from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.row import Row
from syftr_like.errors import InputError, Location

MAX_CELL_CHARACTERS = 64 * 2**20


def read_csv(path: Path, file: str, mistakes: Mistakes) -> Iterator[Row]:
    """Yield the rows of a comma-separated file with a header. An empty cell is null.

    Every cell stays text ("007" and "NA" are left alone). Rows are numbered from 1 after the
    header; lines as an editor counts them, since a quoted cell may hold line ends.

    Args:
        path: The file.
        file: Its name in messages.
        mistakes: Where bad rows are noted.

    Raises:
        InputError: The file as a whole is no such table.
    """
    text = decode_utf8(path.read_bytes(), file)
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    with _long_cells():
        header = _header(reader, file)
        number = 0
        while True:
            # The reader counts lines read, so a row begins on the line after those.
            location = Location(file, reader.line_num + 1)
            try:
                cells = next(reader, None)
            except csv.Error as error:
                # After a quoting error the reader no longer knows where rows begin.
                mistakes.add(_broken(error, location, number + 1), str(location.line))
                return
            if cells is None:
                return
            if not cells:
                continue
            number += 1
            row = Row(location, number, _fields(header, cells), tabular=True)
            if len(cells) != len(header):
                mistake = row.error(
                    f"{len(cells)} cells under {len(header)} column names",
                    found=excerpt(",".join(cells)),
                    expected="as many cells as columns; quote a cell that holds a comma",
                )
                mistakes.add(mistake, row.place_number)
                continue
            yield row


def _fields(header: list[str], cells: list[str]) -> dict[str, Json]:
    return {name: cell or None for name, cell in zip(header, cells, strict=False)}


def _header(reader: Iterator[list[str]], file: str) -> list[str]:
    location = Location(file, 1)
    try:
        header = [name.strip() for name in next(reader, [])]
    except csv.Error as error:
        raise _broken(error, location, 0) from error
    if len(header) == 1 and any(separator in header[0] for separator in ";\t"):
        raise InputError(
            "the columns are not separated by commas",
            location=location,
            found=excerpt(header[0]),
            expected="comma-separated values",
        )
    for position, name in enumerate(header, start=1):
        if not name:
            raise InputError(
                f"column {position} has no name",
                location=location,
                found=excerpt(",".join(header)),
                expected="a name for every column (pandas: to_csv(index=False))",
            )
        if header.index(name) != position - 1:
            raise InputError(
                f"two columns are named '{excerpt(name)}'",
                location=location,
                found=f"columns {header.index(name) + 1} and {position}",
                expected="distinct column names",
            )
    return header


def _broken(error: csv.Error, location: Location, number: int) -> InputError:
    where = f"row {number}: " if number else ""
    return InputError(
        f"{where}invalid CSV: {error}",
        location=location,
        expected="quotes that close, and doubled quotes inside quoted cells",
    )


@contextmanager
def _long_cells() -> Iterator[None]:
    """Let a cell hold a whole document: the limit of `csv` is 131,072 characters."""
    before = csv.field_size_limit(MAX_CELL_CHARACTERS)
    try:
        yield
    finally:
        csv.field_size_limit(before)
