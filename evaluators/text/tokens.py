"""Tokens in a canonical spelling, so that two ways to write one thing become the same tokens.

Nothing here depends on letter case, on punctuation marks around words or on articles.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from functools import lru_cache

from .lexicon import (
    ABBREVIATIONS,
    CARDINALS,
    CURRENCIES,
    MAGNITUDES,
    MONTHS,
    ORDINALS,
    ROMAN_NUMERALS,
    TWO_WORD_NAMES,
    words,
)

__all__ = ["ARTICLES", "canonical_tokens", "is_number", "stem"]

ARTICLES = frozenset({"a", "an", "the"})
GRADED = frozenset(  # words after which "A" is a grade and no article
    words("vitamin hepatitis group type plan class grade schedule division influenza flu category")
)
MAX_CHARACTERS = 6000  # of one text; the humans judged answers of at most 2,021 characters

_UNDECOMPOSABLE = str.maketrans(
    {"ø": "o", "ł": "l", "đ": "d", "ð": "d", "þ": "th", "æ": "ae", "œ": "oe", "\u0131": "i"}
    | {
        "\u2019": "'",
        "\u2018": "'",
        "\u02bc": "'",
        "`": "'",
        "\u2032": "'",
        "°": " degree ",
        "%": " percent ",
    }
    | {"$": " dollar ", "£": " sterling ", "€": " euro ", "¥": " yen ", "&": " and ", "½": ".5"}
)
_TOKEN = re.compile(
    r"\d+(?:,\d{3})+(?:\.\d+)?(?!\d)|\d+(?:\.\d+)?|\.\d+"
    r"|[^\W\d_]+(?:'[^\W\d_]+)*(?:\+{1,2}(?!\w)|\#(?!\w))?"
)
_NUMBER = re.compile(r"\d+(?:\.\d+)?")
_YEAR_RANGE = re.compile(r"\b([12]\d)(\d\d) ?[-\u2010-\u2015/] ?(\d\d)\b(?![-\u2010-\u2015/])")
_ISO_DATE = re.compile(r"\b([12]\d{3})-([01]?\d)-([0-3]?\d)\b")
_SLASH_DATE = re.compile(r"\b([0-3]?\d)[/.]([0-3]?\d)[/.]([12]\d{3})\b")
_MONTH_BY_NUMBER = {number: name for name, number in MONTHS.items()}
_ORDINAL_SUFFIX = frozenset({"st", "nd", "rd", "th"})


def is_number(token: str) -> bool:
    """Whether a canonical token is a number (digits with at most one decimal point)."""
    return token[:1].isdecimal() and _NUMBER.fullmatch(token) is not None


def _fold(text: str) -> str:
    text = text.translate(_UNDECOMPOSABLE).casefold().translate(_UNDECOMPOSABLE)
    if not text.isascii():
        decomposed = unicodedata.normalize("NFKD", text)
        text = "".join(c for c in decomposed if not unicodedata.combining(c))
        text = text.casefold().replace("\u2044", "/")  # some signs decompose to capitals
    if any(c.isdecimal() for c in text):
        text = _ISO_DATE.sub(_spell_iso_date, text)
        text = _SLASH_DATE.sub(_spell_slash_date, text)
        text = _YEAR_RANGE.sub(_spell_year_range, text)
    return text


def _spell_iso_date(found: re.Match[str]) -> str:
    year, month, day = found.groups()
    name = _MONTH_BY_NUMBER.get(int(month))
    return f"{name} {int(day)} {year}" if name else found.group()


def _spell_slash_date(found: re.Match[str]) -> str:
    first, second, year = int(found[1]), int(found[2]), found[3]
    if first > 12 and second in _MONTH_BY_NUMBER:
        return f"{first} {_MONTH_BY_NUMBER[second]} {year}"
    if second > 12 and first in _MONTH_BY_NUMBER:
        return f"{_MONTH_BY_NUMBER[first]} {second} {year}"
    return found.group()  # day and month cannot be told apart: left as numbers


def _spell_year_range(found: re.Match[str]) -> str:
    century, start, end = found.groups()
    return f"{century}{start} {century}{end}" if int(end) > int(start) else found.group()


def _raw_tokens(text: str) -> Iterator[str]:
    folded = _fold(text)
    for found in _TOKEN.finditer(folded):
        token = found.group()
        if token[0].isdecimal() or token[0] == ".":
            if token[0] == "." and found.start() and folded[found.start() - 1].isdecimal():
                token = token[1:]
            token = token.replace(",", "")
            if token[0] == ".":
                token = "0" + token
            if len(token) == 2 and token[0] == "0":
                token = token[1:]  # "09:15", "02/03"
            yield token.rstrip("0").rstrip(".") if "." in token else token
            continue
        if token.endswith("'s"):
            token = token[:-2]
        yield token.replace("'", "")


def _merge_initials(tokens: Sequence[str]) -> list[str]:
    """Join runs of single letters, so that "J. K.", "J.K." and "JK" are the same token."""
    merged: list[str] = []
    run: list[str] = []
    for token in [*tokens, ""]:
        if len(token) == 1 and token.isalpha() and token.isascii():
            run.append(token)
            continue
        if run:
            merged.append("".join(run))
            run = []
        if token:
            merged.append(token)
    return merged


def _format_number(value: float) -> str:
    return str(int(value)) if value == int(value) else f"{value:.6g}"


def _read_number(tokens: Sequence[str], start: int) -> tuple[float, int] | None:
    """A number in words or digits with its magnitude at ``start``: its value and its end."""
    position, total, current = start, 0.0, None
    while position < len(tokens):
        token = tokens[position]
        if current is None and is_number(token) and position == start and len(token) < 16:
            current = float(token)
        elif token in CARDINALS:
            value = CARDINALS[token]
            if current is not None:
                joined = _join_cardinals(current, value)
                if joined is None or (is_number(tokens[start]) and not total):
                    break
                current = joined
            else:
                current = float(value)
        elif token == "hundred" and current is not None and 0 < current < 100:
            current *= 100
        elif token in MAGNITUDES and current is not None:
            total, current = total + current * MAGNITUDES[token], 0.0
        elif token == "m" and current is not None and start and tokens[start - 1] in CURRENCIES:
            total, current = total + current * 1e6, 0.0  # "£50m"
        elif token == "and" and _continues(tokens, position, current, total):
            pass
        else:
            break
        position += 1
    if current is None:
        return None
    return total + current, position


def _join_cardinals(current: float, value: int) -> float | None:
    """The number said by two words in a row ("eighty" "four"), or None if they are two numbers."""
    if current == 0:  # right after a magnitude: "two thousand" "five"
        return float(value)
    if 10 <= current <= 20 and value >= 20:  # a year: "nineteen" "eighty"
        return current * 100 + value
    tens, hundreds = current % 100, current % 1000
    if value < 10 and tens >= 20 and tens % 10 == 0:
        return current + value
    if value < 100 and hundreds >= 100 and hundreds % 100 == 0:
        return current + value
    return None


def _continues(tokens: Sequence[str], position: int, current: float | None, total: float) -> bool:
    """Whether "and" joins a number to its rest, as in "one hundred and five"."""
    if position + 1 >= len(tokens) or tokens[position + 1] not in CARDINALS:
        return False
    if tokens[position - 1] != "hundred" and tokens[position - 1] not in MAGNITUDES:
        return False
    return bool(current or total)


def _read_numbers(tokens: Sequence[str]) -> list[str]:
    out: list[str] = []
    position = 0
    while position < len(tokens):
        token = tokens[position]
        if token in CARDINALS or token[0].isdecimal():
            read = _read_number(tokens, position)
            if read is not None:
                value, end = read
                ordinal = end < len(tokens) and tokens[end] in _ORDINAL_SUFFIX
                if end < len(tokens) and value >= 20 and value % 10 == 0 and not ordinal:
                    unit = ORDINALS.get(tokens[end], 0)
                    if unit and unit < 10 and token in CARDINALS:
                        value, end = value + unit, end + 1
                unchanged = end == position + 1 and token[0].isdecimal()
                out.append(token if unchanged else _format_number(value))
                position = end + ordinal
                continue
        if token in ORDINALS:
            out.append(str(ORDINALS[token]))
        elif token in ROMAN_NUMERALS:
            out.append(str(ROMAN_NUMERALS[token]))
        elif token == "i" and out and out[-1] == "war":
            out.append("1")
        elif token == "s" and out and _is_decade(out[-1]):
            out[-1] += "s"  # the decade "1990s", also written "1990's"
        else:
            out.append(token)
        position += 1
    return out


def _join_names(tokens: Sequence[str]) -> Iterator[str]:
    """Apply the abbreviations, and write the names of two words in TWO_WORD_NAMES as one token."""
    spelled = [ABBREVIATIONS.get(token, token) for token in tokens]
    position = 0
    while position < len(spelled):
        joined = TWO_WORD_NAMES.get(tuple(spelled[position : position + 2]))
        if joined is None:
            yield spelled[position]
            position += 1
            continue
        position += 2
        if joined == "us" and spelled[position : position + 2] == ["of", "america"]:
            position += 2
        yield joined


def _is_decade(token: str) -> bool:
    return token.isdecimal() and len(token) in (2, 4) and token.endswith("0")


def canonical_tokens(text: str) -> tuple[str, ...]:
    """Split a text into canonical tokens.

    Case, accents, punctuation and articles are removed; number words, ordinals and the safe Roman
    numerals become digits; initials are joined; months, units and some names get one spelling.
    Articles stay where nothing else is left (the vitamin "A"). At most ``MAX_CHARACTERS``
    characters are read.
    """
    return _canonical_tokens(text[:MAX_CHARACTERS])  # cut first: the cache must not hold books


@lru_cache(maxsize=4096)
def _canonical_tokens(text: str) -> tuple[str, ...]:
    # Initials first: the "A" of "A. J. Foyt" is no article.
    raw = _merge_initials(list(_raw_tokens(text)))
    content = [
        token
        for position, token in enumerate(raw)
        if token not in ARTICLES or (token == "a" and raw[position - 1] in GRADED and position)
    ]
    return tuple(_join_names(_read_numbers(content or raw)))


@lru_cache(maxsize=16384)
def stem(token: str) -> str:
    """A light English stem: plural, participle and adverb endings removed."""
    if len(token) < 4 or not token.isalpha():
        return token
    if token.endswith("ies") and len(token) > 4:
        return token[:-3] + "y"
    if token.endswith(("sses", "xes", "ches", "shes", "zes", "oes")):
        return token[:-2]
    if token.endswith("s") and not token.endswith(("ss", "us", "is")):
        token = token[:-1]
    for ending, shortest in (("ing", 6), ("ed", 5), ("ly", 6)):
        if token.endswith(ending) and len(token) >= shortest:
            token = token[: -len(ending)]
            if len(token) > 3 and token[-1] == token[-2] and token[-1] not in "lsz":
                token = token[:-1]
            break
    return token[:-1] if token.endswith("e") and len(token) > 4 else token
