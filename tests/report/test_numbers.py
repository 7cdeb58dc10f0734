"""How numbers are shown."""

from __future__ import annotations

import pytest

from syftr_like.report.numbers import shown, shown_estimate, shown_interval
from syftr_like.statistics.estimate import Estimate


@pytest.mark.parametrize(
    ("value", "unit", "text"),
    [
        (0.3517, "share", "0.352"),
        (1.0, "share", "1.000"),
        (2.57e-5, "USD", "$2.57e-5"),
        (2.5e-8, "USD", "$2.5e-8"),
        (0.0123, "USD", "$0.0123"),
        (0.0, "USD", "$0"),
        (1234.5, "USD", "$1,234.50"),
        (-4e-9, "USD", "-$4e-9"),
        (1.7e-5, "s", "17 µs"),
        (0.0159, "s", "15.9 ms"),
        (0.9994, "s", "999 ms"),
        (0.9996, "s", "1 s"),
        (9.996e-4, "s", "1 ms"),
        (125.4, "s", "125 s"),
        (0.0, "s", "0 s"),
        (454.3, "tokens", "454"),
        (12_345.6, "tokens", "12,346"),
        (3.14159, "tokens", "3.14"),
        (999.6, "points", "1,000 points"),
        (0.5, "", "0.5"),
    ],
)
def test_a_value_is_shown_in_its_unit(value: float, unit: str, text: str) -> None:
    assert shown(value, unit) == text


def test_an_interval_is_shown_as_far_as_it_is_known() -> None:
    assert shown_interval(Estimate(0.5, 0.4, 0.6, 9), "share") == "0.400 to 0.600"
    assert shown_interval(Estimate(0.5, 0.4, None, 9), "share") == "from 0.400"
    assert shown_interval(Estimate(0.5, None, 0.6, 9), "share") == "to 0.600"
    assert shown_estimate(Estimate(0.5, None, None, 9), "share") == "0.500"
    assert shown_estimate(Estimate(0.01, 0.008, 0.02, 9), "s") == "10 ms [8 ms to 20 ms]"
