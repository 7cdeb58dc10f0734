"""Parquet tables, read a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.row import Row, as_json, check_characters
from syftr_like.errors import InputError, Location


def read_parquet(path: Path, file: str, mistakes: Mistakes) -> Iterator[Row]:
    """Yield the rows of a Parquet file, numbered from 1; bad rows go to `mistakes`.

    Args:
        path: The file.
        file: Its name in messages.
        mistakes: Where bad rows are noted.

    Raises:
        InputError: Not a Parquet file.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    location = Location(file)
    number = 0
    try:
        with pq.ParquetFile(path) as table:
            for batch in table.iter_batches(batch_size=1024):
                for cells in batch.to_pylist():
                    number += 1
                    row = typed_row(location, number, cells, mistakes)
                    if row is not None:
                        yield row
    except (pa.ArrowException, UnicodeDecodeError) as error:
        raise InputError(
            "the file cannot be read as Parquet",
            location=location,
            found=excerpt(str(error), 200),
            expected="a Parquet file",
        ) from error


def typed_row(
    location: Location, number: int, cells: Mapping[str, object], mistakes: Mistakes
) -> Row | None:
    """Return a row of Python values as a `Row`, or note why it is none and return None."""
    fields = {}
    for name, value in cells.items():
        try:
            fields[name] = as_json(value)
        except TypeError as error:
            mistake = Row(location, number, {}, tabular=True).error(
                f"column '{excerpt(name)}' holds {error}",
                expected="text, numbers, dates, lists or objects; leave other columns out",
            )
            mistakes.add(mistake, str(number))
            return None
    row = Row(location, number, fields, tabular=True)
    try:
        check_characters(row)
    except InputError as error:
        mistakes.add(error, row.place_number)
        return None
    return row
