"""`--set KEY=VALUE` words."""

from __future__ import annotations

from syftr_like.contracts import Json
from syftr_like.errors import InputError


def read_settings(settings: tuple[str, ...]) -> dict[str, Json]:
    """Return `KEY=VALUE` words as a mapping.

    Raises:
        InputError: A word without `=`.
    """
    overrides: dict[str, Json] = {}
    for word in settings:
        key, equals, value = word.partition("=")
        if not equals or not key:
            raise InputError(
                "--set takes a key and a value", found=word, expected="--set search.trials=20"
            )
        overrides[key] = value
    return overrides
