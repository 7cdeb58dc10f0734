"""Text files are UTF-8, with or without a byte order mark; anything else is reported."""

from __future__ import annotations

from syftr_like.errors import InputError, Location

BOM = b"\xef\xbb\xbf"
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_EXPECTED = "UTF-8 text"


def refuse_utf16(head: bytes, file: str) -> None:
    """Raise `InputError` when a file begins as UTF-16 (a spreadsheet's 'Unicode text')."""
    if head.startswith(_UTF16_MARKS):
        raise InputError(
            "the file is not UTF-8",
            location=Location(file),
            found="UTF-16 text",
            expected=f"{_EXPECTED}; save it again as UTF-8",
        )


def decode_utf8(data: bytes, file: str, first_line: int = 1) -> str:
    """Decode bytes, without a leading byte order mark.

    Args:
        data: The bytes of a file, or of some of its lines.
        file: Name for messages.
        first_line: Line number of the first byte.

    Raises:
        InputError: Not UTF-8, or a NUL byte in it; names line and column.
    """
    data = data.removeprefix(BOM)
    refuse_utf16(data, file)
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        location = _place(data[: error.start].decode("utf-8"), file, first_line)
        raise InputError(
            "not UTF-8",
            location=location,
            found=f"byte 0x{data[error.start]:02x}",
            expected=_EXPECTED,
        ) from error
    nul = text.find("\0")
    if nul >= 0:
        raise InputError(
            "NUL byte",
            location=_place(text[:nul], file, first_line),
            found="byte 0x00",
            expected=f"{_EXPECTED}, not a binary file",
        )
    return text


def unix_lines(text: str) -> str:
    r"""Return text whose lines all end in `\n`."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def _place(before: str, file: str, first_line: int) -> Location:
    before = unix_lines(before)
    column = len(before) - (before.rfind("\n") + 1) + 1
    return Location(file, first_line + before.count("\n"), column)
