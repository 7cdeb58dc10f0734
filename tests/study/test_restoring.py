"""A driver that is made again from the ledger of one that was killed at a bad moment."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from syftr_like.results import TrialState

from .made_driver import MadeDriver, make_driver

Make = Callable[..., MadeDriver]


@pytest.fixture
def again(tmp_path: Path) -> Iterator[Make]:
    """Make a driver on the one ledger, after the one before is gone."""
    made: list[MadeDriver] = []

    def build(**values: Any) -> MadeDriver:
        if made:
            made.pop().close()
        made.append(make_driver(tmp_path / "ledger.db", **values))
        return made[-1]

    yield build
    made.pop().close()


def answer(s: MadeDriver) -> None:
    """Answer what is asked up to the next stop; the report is never made."""
    job = s.next_job()
    for question in s.to_be_asked(job):
        s.send(job, question)
    s.writer.flush()


def test_before_its_report_at_a_level_a_trial_is_judged_like_any_other(again: Make) -> None:
    """As the first of a bracket that competes, it would have been paused; so it is."""
    answer(again(min_questions=2, trials=1))
    s = again(min_questions=2, trials=1)
    assert s.trials[0].state is s.ledger.trial(0).state is TrialState.PAUSED
    assert [(r.questions, r.verdict) for r in s.ledger.rungs(0)] == [(2, "pause")]
    job = s.next_job()  # as no other is to come
    assert (job.number, job.start) == (0, 2)


def test_before_its_last_report_a_trial_is_complete(again: Make) -> None:
    answer(again(trials=1))
    s = again(trials=1)
    assert s.trials[0].state is s.ledger.trial(0).state is TrialState.COMPLETE
    assert s.watcher.of("finished") == [0]
    assert s.next_job().split == "holdout"


def test_between_being_outrun_and_its_end_a_trial_is_stopped(again: Make) -> None:
    s = again(min_questions=2, trials=1)
    answer(s)
    s.ledger.add_rung(0, 2, "stop")
    s = again(min_questions=2, trials=1)
    assert s.trials[0].state is s.ledger.trial(0).state is TrialState.STOPPED
    assert s.ledger.trial(0).error == "others were better on the same questions"
    assert s.driver.next_job() is None


def test_in_the_midst_of_a_rung_a_trial_goes_on_from_the_rung_before(again: Make) -> None:
    s = again(configurations=40, min_questions=2, questions_asked=8, trials=20, method="random")
    job = s.next_job()
    while s.to_next_stop(job).value != "continue":
        job = s.next_job()
    (reached,) = job.stops[:1]
    s.send(job.after(reached), f"tune-{job.stops[1] - 1:02}")
    s.writer.flush()
    s = again(configurations=40, min_questions=2, questions_asked=8, trials=20, method="random")
    resumed = s.next_job()
    assert (resumed.number, resumed.start, resumed.stops) == (job.number, reached, job.stops[1:])
    assert s.to_be_asked(resumed) == [f"tune-{n:02}" for n in range(reached, job.stops[1] - 1)]


def test_below_the_first_level_of_other_levels_a_paused_trial_goes_on(again: Make) -> None:
    s = again(min_questions=2, trials=1)
    s.to_next_stop(s.next_job())
    assert s.trials[0].state is TrialState.PAUSED
    job = again(trials=1).next_job()
    assert (job.number, job.start, job.stops) == (0, 2, (4,))
