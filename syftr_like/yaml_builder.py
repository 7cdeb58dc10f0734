"""From composed YAML nodes to plain data, with the place of every key and value.

Scalars are read as people mean them, not as YAML 1.1 says:

- numbers in scientific notation need no dot (`1e-3` is a number, in YAML 1.1 it is text);
- dates and `12:30` stay text; a number with a leading zero is refused, because YAML versions
  disagree on it; `.nan` and `.inf` are refused;
- `yes`, `no`, `on`, `off` are booleans as in YAML 1.1, and keys must be text.

A key that stands twice is an error, tags are refused, and what aliases expand to is bounded.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import yaml

from .errors import InputError, Location

MAX_NODES = 100_000

DataPath: TypeAlias = tuple[str | int, ...]
"""Keys and list indexes from the root of the file to a value."""

_PREFIX = "tag:yaml.org,2002:"
_BOOLEANS = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_INTEGER = re.compile(r"[-+]?(0|[1-9][0-9_]*)\Z")
_BASED = re.compile(r"[-+]?0(x[0-9a-fA-F_]+|b[01_]+|o[0-7_]+)\Z")
_LEADING_ZERO = re.compile(r"[-+]?0[0-9_]+\Z")
_REAL = re.compile(r"[-+]?([0-9][0-9_]*(\.[0-9_]*)?|\.[0-9][0-9_]*)([eE][-+]?[0-9]+)?\Z")
_NOT_FINITE = re.compile(r"[-+]?\.(inf|Inf|INF|nan|NaN|NAN)\Z")


@dataclass(frozen=True, slots=True)
class Mark:
    """Where a value and its key stand (1-based line, column), and an unquoted scalar's text."""

    value: tuple[int, int]
    key: tuple[int, int] | None
    plain: str | None


def reads_as_number(text: str) -> bool:
    """Whether text that is not in quotes is read as a number, or refused as a doubtful one."""
    return bool(_REAL.match(text) or _BASED.match(text) or _NOT_FINITE.match(text))


class Builder:
    """Turns composed nodes into data and notes in `marks` where each stands."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.marks: dict[DataPath, Mark] = {}
        self._count = 0
        self._open: set[int] = set()

    def build(self, node: yaml.Node, path: DataPath, key: yaml.Node | None) -> Any:
        """Return the data of a node and record its marks under `path`."""
        self._expanded(node)
        if id(node) in self._open:
            raise self._error(node, "an alias refers to a value that contains it")
        plain = node.value if isinstance(node, yaml.ScalarNode) and node.style is None else None
        self.marks[path] = Mark(_place(node), _place(key) if key is not None else None, plain)
        if isinstance(node, yaml.ScalarNode):
            return self._scalar(node)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.SequenceNode):
                self._check_tag(node, "seq")
                return [self.build(item, (*path, i), None) for i, item in enumerate(node.value)]
            self._check_tag(node, "map")
            return {
                name: self.build(value, (*path, name), key_node)
                for name, (key_node, value) in self._entries(node).items()
            }
        finally:
            self._open.discard(id(node))

    def _entries(self, node: yaml.Node) -> dict[str, tuple[yaml.Node, yaml.Node]]:
        """Return the entries of a mapping, with those merged in by `<<` that it does not set."""
        self._expanded(node)
        own: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        merged: dict[str, tuple[yaml.Node, yaml.Node]] = {}
        for key, value in node.value:
            if key.tag == _PREFIX + "merge":
                for base in self._merge_bases(value):
                    if id(base) in self._open:
                        raise self._error(value, "an alias refers to a value that contains it")
                    for name, entry in self._entries(base).items():
                        merged.setdefault(name, entry)
                continue
            name = self._key(key)
            if name in own:
                first = own[name][0].start_mark.line + 1
                raise self._error(
                    key,
                    f"the key '{name}' stands twice, first in line {first} and again in line"
                    f" {key.start_mark.line + 1}",
                    expected="each key once",
                )
            own[name] = (key, value)
        return {**merged, **own}

    def _expanded(self, node: yaml.Node) -> None:
        self._count += 1
        if self._count > MAX_NODES:
            raise self._error(
                node, f"the file holds more than {MAX_NODES:,} values once aliases are expanded"
            )

    def _merge_bases(self, value: yaml.Node) -> Iterator[yaml.Node]:
        bases = value.value if isinstance(value, yaml.SequenceNode) else [value]
        for base in bases:
            if not isinstance(base, yaml.MappingNode):
                raise self._error(value, "`<<` merges mappings only", expected="an alias of one")
            yield base

    def _key(self, key: yaml.Node) -> str:
        if not isinstance(key, yaml.ScalarNode):
            raise self._error(key, "a key must be a name", expected="text")
        value = self._scalar(key)
        if isinstance(value, str):
            return value
        what = {type(None): "nothing", bool: "a boolean"}.get(type(value), "a number")
        raise self._error(
            key,
            f"the key `{key.value}` is not text",
            found=f"{key.value}, which YAML reads as {what}",
            expected=f'a name; "{key.value}" in quotes is text',
        )

    def _scalar(self, node: yaml.ScalarNode) -> bool | int | float | str | None:
        text: str = node.value
        tag = node.tag.removeprefix(_PREFIX)
        if tag == "str" and (node.style is not None or not _REAL.match(text)):
            return text
        if tag == "null":
            return None
        if tag == "bool":
            return _BOOLEANS.get(text.lower(), text)
        if tag in ("timestamp", "merge", "value"):
            return text
        if tag not in ("str", "int", "float"):
            self._check_tag(node, "str")
        return self._number(node, text)

    def _number(self, node: yaml.ScalarNode, text: str) -> int | float | str:
        if _NOT_FINITE.match(text):
            raise self._error(node, "this is not a finite number", found=text)
        if _LEADING_ZERO.match(text):
            raise self._error(
                node,
                "a number must not start with 0: versions of YAML read it differently",
                found=text,
                expected=f'{text.lstrip("+-0") or "0"} as a number, or "{text}" as text',
            )
        digits = text.replace("_", "")
        if _INTEGER.match(text):
            return int(digits)
        if _BASED.match(text):
            return int(digits, 0)
        if _REAL.match(text):
            number = float(digits)
            if number in (float("inf"), float("-inf")):
                raise self._error(node, "this number is too large", found=text)
            return number
        return text

    def _check_tag(self, node: yaml.Node, expected: str) -> None:
        if node.tag != _PREFIX + expected:
            raise self._error(
                node,
                "YAML tags are not allowed",
                found=node.tag.replace(_PREFIX, "!!"),
                expected="plain data",
            )

    def _error(
        self,
        node: yaml.Node,
        problem: str,
        *,
        found: str | None = None,
        expected: str | None = None,
    ) -> InputError:
        line, column = _place(node)
        return InputError(
            problem, location=Location(self.name, line, column), found=found, expected=expected
        )


def _place(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1
