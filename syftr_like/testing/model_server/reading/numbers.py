"""Numbers that are written out."""

from __future__ import annotations

import re

_ONES = {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8}
_ONES |= {"nine": 9}
_TEENS = {"ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13, "fourteen": 14, "fifteen": 15}
_TEENS |= {"sixteen": 16, "seventeen": 17, "eighteen": 18, "nineteen": 19}
_TENS = {"twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70}
_TENS |= {"eighty": 80, "ninety": 90}
_VALUES = _ONES | _TEENS | _TENS
# `one` alone is a pronoun as often as a number.
_WRITTEN = re.compile(
    rf"\b(?:(?P<ten>{'|'.join(_TENS)})(?:[- ](?P<one>{'|'.join(_ONES)}))?"
    rf"|(?P<alone>{'|'.join([*_ONES, *_TEENS][1:])}))\b",
    re.IGNORECASE,
)


def in_digits(text: str) -> str:
    """Return a text with its written numbers, from two to ninety-nine, in digits."""
    return _WRITTEN.sub(_digits, text)


def _digits(match: re.Match[str]) -> str:
    return str(sum(_VALUES[word.lower()] for word in match.groups() if word))
