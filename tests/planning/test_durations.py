"""How long trials take together: no clock is read, for the figures are given."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from syftr_like.planning.durations import (
    ACTOR_START_S,
    PROPOSE_MORE_S,
    PROPOSE_S,
    RAY_START_S,
    REPORT_S,
    STEP_S,
    TRACK_FRONT_S,
    Machinery,
    Work,
    around,
    elapsed,
)

HERE = Machinery(workers=0, in_flight=4, cores=2, tracked=False, learning=False)
TEN = np.full(10, 1.0)
WAITS = Work(calls_s=TEN * 8, local_s=TEN, judged=TEN, begun=TEN)
COMPUTES = Work(calls_s=TEN * 0, local_s=TEN * 3, judged=TEN, begun=TEN)


def last(work: Work, machinery: Machinery, slower: float = 1.0) -> float:
    return float(elapsed(work, machinery, slower)[-1])


def test_in_one_process_trials_and_what_is_done_around_them_take_turns() -> None:
    # Four questions at a time wait eight seconds in all: two seconds, and computing fits in.
    assert last(WAITS, HERE) == pytest.approx(10 * (2 + REPORT_S + PROPOSE_S))
    assert last(COMPUTES, HERE) == pytest.approx(10 * (3 + REPORT_S + PROPOSE_S))


def test_a_search_that_learns_takes_longer_to_propose_the_more_it_knows() -> None:
    learning = replace(HERE, learning=True)
    grown = PROPOSE_MORE_S * sum(range(10))
    assert last(COMPUTES, learning) == pytest.approx(last(COMPUTES, HERE) + grown)


def test_the_front_need_not_be_proposed() -> None:
    assert last(replace(COMPUTES, proposed=False), HERE) == pytest.approx(10 * (3 + REPORT_S))


def test_reports_and_tracking_take_time() -> None:
    often = replace(COMPUTES, judged=TEN * 3)
    assert last(often, HERE) == pytest.approx(last(COMPUTES, HERE) + 10 * 2 * REPORT_S)
    assert last(COMPUTES, replace(HERE, tracked=True)) > last(COMPUTES, HERE)


def test_workers_wait_side_by_side_and_for_the_driver_after_each_report() -> None:
    four = replace(HERE, workers=4, cores=None)
    each = 20 + REPORT_S + PROPOSE_S + STEP_S
    assert each > ACTOR_START_S
    assert last(replace(WAITS, calls_s=TEN * 80), four) == pytest.approx(10 * each / 4)


def test_short_trials_keep_one_worker_busy_for_another_is_dropped_before_it_has_started() -> None:
    one, two = (replace(HERE, workers=count, cores=None) for count in (1, 2))
    short = replace(COMPUTES, local_s=TEN * 0.1)
    assert last(short, one) > last(short, two) > 0.9 * last(short, one)


def test_more_workers_than_cores_compute_no_faster() -> None:
    long = replace(COMPUTES, local_s=TEN * 30)
    two, eight = replace(HERE, workers=2), replace(HERE, workers=8)
    assert last(long, eight) == pytest.approx(last(long, two), rel=0.05)
    assert last(long, replace(eight, cores=None)) < last(long, two) / 3


def test_a_driver_that_cannot_keep_up_is_what_counts() -> None:
    short = replace(COMPUTES, local_s=TEN * ACTOR_START_S)
    many = replace(HERE, workers=10_000, cores=None)
    assert last(short, many) == pytest.approx(10 * (REPORT_S + PROPOSE_S))


def test_what_is_around_the_flows_is_slower_by_its_own_factor() -> None:
    around_them = 10 * (REPORT_S + PROPOSE_S)
    assert last(COMPUTES, HERE, slower=2) == pytest.approx(last(COMPUTES, HERE) + around_them)


def test_ray_has_to_be_started_and_a_front_to_be_tracked() -> None:
    ray, tracked = replace(HERE, workers=2), replace(HERE, tracked=True)
    assert around(ray, 3) == pytest.approx(around(HERE, 3) + RAY_START_S)
    assert around(tracked, 3) == pytest.approx(around(HERE, 3) + 3 * TRACK_FRONT_S)
