"""Short, printable renderings of what stands in a file, for error messages."""

from __future__ import annotations

import json

from syftr_like.contracts import Json

_LIMIT = 60


def excerpt(text: str, limit: int = _LIMIT) -> str:
    """Return at most `limit` characters of a text on one line, safe to print in a terminal."""
    shown = "".join(c if c.isprintable() else " " for c in text[: limit + 1])
    return shown if len(text) <= limit else shown[:limit] + "…"


def rendering(value: Json) -> str:
    """Return a value as JSON, shortened: strings keep their quotes."""
    if isinstance(value, str):
        return f'"{excerpt(value)}"'
    return excerpt(json.dumps(value, ensure_ascii=False))


def type_name(value: Json) -> str:
    """Return what a person calls the type of a JSON value."""
    if value is None:
        return "null"
    if isinstance(value, bool):
        return "true or false"
    if isinstance(value, int | float):
        return "a number"
    if isinstance(value, str):
        return "text"
    return "an object" if isinstance(value, dict) else "a list"
