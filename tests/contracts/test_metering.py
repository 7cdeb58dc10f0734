"""Replayed calls take the time that they took."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts.metering import CallSpan, Meter


def replayed(*spans: tuple[float, float, float]) -> float:
    meter = Meter()
    for span in spans:
        meter.note_span(CallSpan(*span))
    return meter.replayed_seconds


def test_one_after_the_other_they_add_up() -> None:
    assert replayed((0, 0.1, 3), (0.2, 0.3, 4)) == pytest.approx(7 - 0.2)


def test_side_by_side_the_longest_counts() -> None:
    assert replayed((0, 0.2, 3), (0.1, 0.3, 4)) == pytest.approx(4 - 0.2)


def test_two_chains_side_by_side() -> None:
    first, second = [(0, 1, 5), (1.05, 2, 5)], [(0, 1.1, 1), (1.1, 2.1, 1)]
    assert replayed(*first, *second) == pytest.approx(10 - 2.1, abs=0.2)


def test_a_call_that_was_made_adds_nothing() -> None:
    assert replayed((0, 3, 3)) == 0


def test_a_replay_beside_a_call_that_was_made() -> None:
    assert replayed((0, 0.1, 3), (0, 3, 3)) == pytest.approx(0)
    assert replayed((0, 0.1, 5), (0, 3, 3)) == pytest.approx(2)


def test_waiting_longer_than_the_call_took_is_taken_off() -> None:
    assert replayed((0, 5, 1)) == -4


def test_nothing_was_called() -> None:
    assert replayed() == 0


@given(st.lists(st.tuples(st.floats(0, 10), st.floats(0, 5), st.floats(0, 9)), max_size=12))
def test_it_lies_between_the_longest_and_the_sum(calls) -> None:
    spans = [(start, start + took, seconds) for start, took, seconds in calls]
    measured = replayed(*((start, end, 0.0) for start, end, _ in spans))
    chain = replayed(*spans) - measured
    assert max((s for _, _, s in spans), default=0) <= chain + 1e-9
    assert chain <= sum(s for _, _, s in spans) + 1e-9


def test_samples_are_numbered_by_request() -> None:
    meter = Meter()
    assert [meter.ordinal(key) for key in "aabab"] == [0, 1, 0, 2, 1]
