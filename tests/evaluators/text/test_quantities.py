import pytest

from syftr_like.evaluators.text.quantities import (
    Quantities,
    contradicts,
    find_quantities,
    quantity_agreement,
)
from syftr_like.evaluators.text.tokens import canonical_tokens


def quantities(text: str) -> Quantities:
    return find_quantities(canonical_tokens(text))


def test_a_date_is_read_in_either_order() -> None:
    for text in ("February 27, 2018", "the 27th of Feb 2018".replace("of ", "")):
        found = quantities(text)
        assert found.years == {2018}
        assert found.dates == {(2, 27)}


def test_may_is_a_month_only_beside_a_number() -> None:
    assert quantities("May 5").months == {5}
    assert not quantities("it may rain on 5 of them").months


@pytest.mark.parametrize(
    ("text", "span"),
    [("the 1890s", (1890, 1899)), ("1900s", (1900, 1999)), ("19th century", (1800, 1900))],
)
def test_decades_and_centuries_are_spans(text: str, span: tuple[int, int]) -> None:
    assert quantities(text).spans == {span}


def test_a_compound_measure_is_one_measure() -> None:
    ((dimension, value),) = quantities("3 hours and 48 minutes").measures
    assert (dimension, value) == ("time", 228 * 60)
    ((dimension, value),) = quantities("6 ft 1 in").measures
    assert dimension == "length"
    assert value == pytest.approx(1.8542)


def test_two_measures_of_one_dimension_in_rising_units_stay_apart() -> None:
    assert len(quantities("3 minutes, 2 hours").measures) == 2


@pytest.mark.parametrize(
    ("gold", "answer", "share"),
    [
        ("228 minutes", "3 hours 48 minutes", 1.0),
        ("14 days", "two weeks", 1.0),
        ("40 days", "14 days", 0.0),
        ("1890s", "in 1895", 1.0),
        ("1895", "the 1890s", 0.5),
        ("April 1917", "April 1918", 0.5),
        ("Paris", "in 1895", 0.5),
    ],
)
def test_agreement_is_the_share_of_the_golds_numbers_found(
    gold: str, answer: str, share: float
) -> None:
    assert quantity_agreement(quantities(gold), quantities(answer), 0.001) == share


@pytest.mark.parametrize(
    ("gold", "answer", "other"),
    [
        ("March 5, 1990", "March 5, 1991", True),
        ("March 5, 1990", "May 5, 1990", True),
        ("March 5, 1990", "March 6, 1990", True),
        ("March 5, 1990", "in 1990", False),
        ("1930", "in 19301", False),  # the mark of a footnote
        ("Apollo 11", "Apollo 13", True),
        ("Apollo 11", "Apollo", False),
        ("seven", "7 years old", False),
    ],
)
def test_only_other_dates_or_numbers_contradict(gold: str, answer: str, other: bool) -> None:
    assert contradicts(quantities(gold), quantities(answer)) is other
