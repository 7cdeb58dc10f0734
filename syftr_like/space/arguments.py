"""Keyword arguments of an adapted factory: plain values, with domains anywhere inside."""

from __future__ import annotations

import re

from .cursor import Cursor
from .domain_grammar import is_domain, read_domain, searched
from .tree import Fixed, Record, Value

_SECRET = re.compile(
    r"(.*_)?(api_?key|secret|secret_key|private_key|password|passwd|credentials?"
    r"|(access|auth|bearer|api)_token)\Z|token\Z",
    re.IGNORECASE,
)


def read_arguments(cursor: Cursor, path: str) -> Value:
    """Read the mapping `arguments`; its decisions are named `<path>.<argument>`.

    Raises:
        InputError: Not a mapping, a name that cannot be a keyword, a malformed domain, or a
            secret: keys come from the environment, never from a file.
    """
    for name in cursor.mapping("`arguments`"):
        if not name.isidentifier():
            raise cursor.child(name).error(
                f"'{name}' cannot be the name of an argument",
                expected="a Python identifier",
                key=True,
            )
    return _read_record(cursor, path)


def _read_record(cursor: Cursor, path: str) -> Value:
    items: dict[str, Value] = {}
    for name, value in cursor.value.items():
        entry = cursor.child(name)
        if _SECRET.match(name) and value is not None:
            raise entry.error(
                f"'{name}' looks like a secret, and secrets do not belong in a file",
                found="a value that is not repeated here",
                expected="the provider's environment variable to be set",
                key=True,
            )
        inner = f"{path}.{name}"
        if is_domain(value):
            items[name] = searched(read_domain(entry, None), inner, None)
        elif isinstance(value, dict):
            items[name] = _read_record(entry, inner)
        else:
            items[name] = Fixed(value)
    if all(isinstance(item, Fixed) for item in items.values()):
        return Fixed({name: item.value for name, item in items.items() if isinstance(item, Fixed)})
    return Record(tuple(items.items()))
