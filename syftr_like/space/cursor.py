"""A place in a YAML file, with the questions that a loader asks of it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from syftr_like.errors import InputError, nearest
from syftr_like.yaml_builder import DataPath
from syftr_like.yaml_source import YamlSource

IDENTIFIER = re.compile(r"[a-z][a-z0-9_]*\Z")


@dataclass(frozen=True)
class Cursor:
    """The value at one path of a source."""

    source: YamlSource
    path: DataPath = ()

    @property
    def value(self) -> Any:
        """The plain data that stands here."""
        return self.source.value(self.path)

    @property
    def key(self) -> str:
        """The key, or the index, that leads here."""
        return str(self.path[-1]) if self.path else ""

    def child(self, part: str | int) -> Cursor:
        """Return the cursor of an entry, also of one that is missing."""
        return Cursor(self.source, (*self.path, part))

    def deepest(self, parts: Iterable[str | int]) -> Cursor:
        """Follow keys and indexes as far as the file has them."""
        here = self
        for part in parts:
            try:
                here.value[part]
            except (LookupError, TypeError):
                break
            here = here.child(part)
        return here

    def has(self, key: str) -> bool:
        """Whether a mapping stands here and has this key."""
        return isinstance(self.value, dict) and key in self.value

    def error(
        self,
        problem: str,
        *,
        found: str | None = None,
        expected: str | None = None,
        nearest: str | None = None,
        key: bool = False,
    ) -> InputError:
        """Return an error at this value, or with `key` at the key that leads to it."""
        return self.source.error(
            self.path, problem, found=found, expected=expected, nearest=nearest, key=key
        )

    def at(self, error: InputError) -> InputError:
        """Return the same error placed here, if it has no place yet."""
        if error.location is not None:
            return error
        return InputError(
            error.problem,
            location=self.source.location(self.path),
            found=error.found,
            expected=error.expected,
            nearest=error.nearest,
        )

    def mapping(self, what: str) -> dict[str, Any]:
        """Return the mapping that stands here.

        Raises:
            InputError: Something else does; `what` says in the message what was expected.
        """
        if not isinstance(self.value, dict):
            raise self.error(f"{what} must be a mapping", expected="`name: ...` entries")
        return self.value

    def sequence(self, what: str) -> Iterator[Cursor]:
        """Iterate over the entries of the non-empty list that stands here.

        Raises:
            InputError: Something else does, or the list is empty.
        """
        if not isinstance(self.value, list):
            raise self.error(f"{what} must be a list", expected="a list: `[...]` or `- ...` lines")
        if not self.value:
            raise self.error(f"{what} is empty", expected="at least one entry")
        return (self.child(i) for i in range(len(self.value)))

    def text(self, what: str) -> str:
        """Return the text that stands here.

        Raises:
            InputError: Something else does.
        """
        if not isinstance(self.value, str):
            raise self.error(f"{what} must be text", expected="text")
        return self.value

    def only(self, allowed: Iterable[str], what: str) -> None:
        """Check that the mapping here has no other keys.

        Raises:
            InputError: It has; the message names the nearest allowed key.
        """
        allowed = list(allowed)
        for key in self.mapping(what):
            if key not in allowed:
                raise self.child(key).error(
                    f"unknown key '{key}' in {what}",
                    expected=f"one of {', '.join(allowed)}",
                    nearest=nearest(key, allowed),
                    key=True,
                )

    def required(self, key: str, what: str) -> Cursor:
        """Return the cursor of an entry that must be there.

        Raises:
            InputError: It is not.
        """
        if key not in self.mapping(what):
            raise self.error(f"{what} has no `{key}`", expected=f"`{key}: ...`")
        return self.child(key)
