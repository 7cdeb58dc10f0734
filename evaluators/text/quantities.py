"""Years, dates and measured quantities in a sequence of canonical tokens."""

from __future__ import annotations

from collections.abc import Sequence, Set
from dataclasses import dataclass
from typing import Never, TypeVar

from .lexicon import CURRENCIES, MONTHS, UNITS
from .tokens import is_number

__all__ = ["Quantities", "contradicts", "find_quantities", "quantity_agreement", "span_of_years"]

T = TypeVar("T")

FIRST_YEAR, LAST_YEAR = 1000, 2100
FIRST_FOOTNOTED, LAST_FOOTNOTED = 1700, 2030
LONGEST_NUMBER = 16  # characters; what is longer is an identifier


@dataclass(frozen=True, slots=True)
class Quantities:
    """What a text says in numbers.

    ``years`` are plausible calendar years; ``spans`` are first and last years of decades and
    centuries; ``dates`` are (month, day) pairs; ``measures`` are (dimension, value in the base
    unit of the dimension); ``plain`` are the other numbers, days of a month among them;
    ``numbers`` are all numbers as they are written.
    """

    years: frozenset[int]
    spans: frozenset[tuple[int, int]]
    months: frozenset[int]
    dates: frozenset[tuple[int, int]]
    measures: frozenset[tuple[str, float]]
    plain: frozenset[float]
    numbers: frozenset[float]


def _is_year(token: str) -> bool:
    return len(token) == 4 and token.isdecimal() and FIRST_YEAR <= int(token) <= LAST_YEAR


def _is_footnoted_year(token: str) -> bool:
    """Whether the mark of a footnote seems to have stuck to a recent year: "19301", "201612"."""
    stuck = token.isdecimal() and 4 < len(token) <= 6 and token[4] != "0"
    return stuck and FIRST_FOOTNOTED <= int(token[:4]) <= LAST_FOOTNOTED


def span_of_years(token: str, following: str) -> tuple[int, int] | None:
    """The years of a decade ("1990s") or, with "century" following, of a century."""
    if token.endswith("s") and len(token) == 5 and token[:4].isdecimal():
        start = int(token[:4])
        return start, start + (99 if start % 100 == 0 else 9)
    if following == "century" and token.isdecimal() and 0 < int(token) < 23:
        return 100 * int(token) - 100, 100 * int(token)
    return None


_NOTHING = Quantities(*(frozenset[Never]() for _ in range(7)))


def find_quantities(tokens: Sequence[str]) -> Quantities:
    """Read all quantities of a text from its canonical tokens."""
    if not any(token[0].isdecimal() or token in MONTHS for token in tokens):
        return _NOTHING
    years: set[int] = set()
    spans: set[tuple[int, int]] = set()
    months: set[int] = set()
    dates: set[tuple[int, int]] = set()
    measures: set[tuple[str, float]] = set()
    plain: set[float] = set()
    numbers: set[float] = set()
    previous: tuple[int, str, float, float] | None = None  # compound measures: "6 foot 1 inch"
    for i, token in enumerate(tokens):
        before = tokens[i - 1] if i else ""
        after = tokens[i + 1] if i + 1 < len(tokens) else ""
        if token in MONTHS and (token not in ("may", "march") or _near_number(before, after)):
            months.add(MONTHS[token])
            day = next((d for d in (after, before) if d.isdecimal() and 0 < len(d) <= 2), "")
            if day and 0 < int(day) <= 31:
                dates.add((MONTHS[token], int(day)))
            continue
        if not token[0].isdecimal():
            continue
        span = span_of_years(token, after)
        if span is not None:
            spans.add(span)
            continue
        if not is_number(token) or len(token) > LONGEST_NUMBER:
            continue
        if _is_footnoted_year(token):
            years.add(int(token[:4]))
            numbers.add(float(token[:4]))
        numbers.add(float(token))
        unit = UNITS.get("inch" if after == "in" and before == "foot" else after)
        if unit is not None:
            dimension, factor = unit
            value = float(token) * factor
            apart = i - previous[0] - (before == "and") if previous else 0
            if previous and apart == 2 and previous[1] == dimension and factor < previous[3]:
                measures.discard((dimension, previous[2]))
                value += previous[2]
            measures.add((dimension, value))
            previous = (i, dimension, value, factor)
        elif after in CURRENCIES or before in CURRENCIES:
            measures.add(("money", float(token)))
        elif _is_year(token):
            years.add(int(token))
        else:
            plain.add(float(token))
    return Quantities(
        frozenset(years),
        frozenset(spans),
        frozenset(months),
        frozenset(dates),
        frozenset(measures),
        frozenset(plain),
        frozenset(numbers),
    )


def _near_number(before: str, after: str) -> bool:
    return before.isdecimal() or after.isdecimal()


def contradicts(gold: Quantities, answer: Quantities) -> bool:
    """Whether the answer has only other years, months, days of a month or numbers than the gold.

    "March 5, 1991" contradicts "March 5, 1990", and "Apollo 13" contradicts "Apollo 11"; "in 1990"
    contradicts neither.
    """
    return (
        _differ(gold.years, answer.years)
        or _differ(gold.months, answer.months)
        or _differ(gold.dates, answer.dates)
        or (_differ(gold.numbers, answer.numbers) and gold.measures.isdisjoint(answer.measures))
    )


def _differ(gold: Set[T], answer: Set[T]) -> bool:
    return bool(gold and answer) and gold.isdisjoint(answer)


def quantity_agreement(gold: Quantities, answer: Quantities, tolerance: float) -> float:
    """How well the answer's numbers bear out the gold's: the share of them that it has.

    0.5 where the gold says nothing in numbers, so that more is better throughout.

    A gold measure is found if the answer has one of the same dimension within ``tolerance``
    (relative). A gold decade or century is found if the answer names a year inside it, or the
    same span; a gold year is also found, with half the credit, in a span that the answer names.
    """
    wanted = 0
    found = 0.0
    for dimension, value in gold.measures:
        wanted += 1
        found += any(
            d == dimension and abs(v - value) <= tolerance * max(abs(value), abs(v))
            for d, v in answer.measures
        )
    for start, end in gold.spans:
        wanted += 1
        found += (start, end) in answer.spans or any(start <= y <= end for y in answer.years)
    for year in gold.years:
        wanted += 1
        if year in answer.years:
            found += 1.0
        elif any(start <= year <= end for start, end in answer.spans):
            found += 0.5
    for month in gold.months:
        wanted += 1
        found += month in answer.months
    for number in gold.plain:
        wanted += 1
        found += any(abs(v - number) <= tolerance * max(v, number) for v in answer.numbers)
    return found / wanted if wanted else 0.5
