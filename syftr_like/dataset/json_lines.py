"""JSON lines: one object on each line."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO, NoReturn

from syftr_like.contracts import Json
from syftr_like.dataset.encoding import decode_utf8, refuse_utf16
from syftr_like.dataset.excerpt import excerpt, rendering, type_name
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.row import Row, check_characters
from syftr_like.errors import InputError, Location

MAX_LINE_BYTES = 64 * 2**20
_EXPECTED = "one JSON object on each line"


def read_json_lines(path: Path, file: str, mistakes: Mistakes) -> Iterator[Row]:
    """Yield the rows of a file; blank lines are passed over, bad lines go to `mistakes`.

    Args:
        path: The file.
        file: Its name in messages.
        mistakes: Where bad lines are noted.

    Raises:
        InputError: The file as a whole is no JSON lines file.
    """
    with path.open("rb") as stream:
        refuse_utf16(stream.peek(2)[:2], file)
        line = 0
        number = 0
        while data := stream.readline(MAX_LINE_BYTES + 1):
            line += 1
            location = Location(file, line)
            if len(data) > MAX_LINE_BYTES:
                mistakes.add(_too_long(location), str(line))
                _skip_line(stream, data)
                continue
            if not data.strip():
                continue
            number += 1
            try:
                fields = _parse(decode_utf8(data, file, line), location)
                row = Row(location, number, fields, tabular=False)
                check_characters(row)
            except InputError as error:
                mistakes.add(error, str(line))
                continue
            yield row


def _skip_line(stream: BinaryIO, data: bytes) -> None:
    while data and not data.endswith(b"\n"):
        data = stream.readline(MAX_LINE_BYTES)


def _too_long(location: Location) -> InputError:
    return InputError(
        "the line is too long",
        location=location,
        found=f"more than {MAX_LINE_BYTES:,} bytes",
        expected=f"{_EXPECTED}, of at most {MAX_LINE_BYTES:,} bytes",
    )


def _parse(text: str, location: Location) -> dict[str, Json]:
    try:
        value: Json = json.loads(
            text, object_pairs_hook=_without_duplicates, parse_constant=_refuse_constant
        )
    except json.JSONDecodeError as error:
        start = max(0, error.pos - 20)
        raise InputError(
            f"invalid JSON: {error.msg}",
            location=Location(location.file, location.line, error.colno),
            found=excerpt(text[start:].strip()) or "nothing",
            expected=_EXPECTED,
        ) from error
    except (ValueError, RecursionError) as error:
        reason = "nested too deeply" if isinstance(error, RecursionError) else str(error)
        raise InputError(
            f"invalid JSON: {reason}", location=location, expected=_EXPECTED
        ) from error
    if not isinstance(value, dict):
        raise InputError(
            f"the line is {type_name(value)}, not an object",
            location=location,
            found=rendering(value),
            expected=f'{_EXPECTED}, such as {{"id": ...}}',
        )
    return value


def _without_duplicates(pairs: list[tuple[str, Json]]) -> dict[str, Json]:
    fields = dict(pairs)
    if len(fields) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise ValueError(f"the name '{excerpt(twice)}' stands twice in one object")
    return fields


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not a JSON number")
