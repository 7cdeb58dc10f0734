"""What the search is told, what is recorded, and when no more trials are handed out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from syftr_like.execution.backend import WAIT, Next
from syftr_like.results import TrialState

from .made_driver import MadeDriver, make_driver

Make = Callable[..., MadeDriver]


@pytest.fixture
def make(tmp_path: Path) -> Iterator[Make]:
    made: list[MadeDriver] = []

    def build(**values: Any) -> MadeDriver:
        made.append(make_driver(tmp_path / f"{len(made)}.db", **values))
        return made[-1]

    yield build
    for one in made:
        one.close()


def sent(*tokens: int) -> Callable[[str], tuple[float, float]]:
    """Every second answer is right; so many tokens were sent for each."""
    return lambda question: (1.0 - int(question[-2:]) % 2, float(tokens[int(question[-2:])]))


class TestWhatTheSearchIsTold:
    def test_losses_are_small_when_good_and_violations_above_zero_when_broken(
        self, make: Make
    ) -> None:
        s = make()
        s.to_next_stop(s.next_job(), sent(10, 20, 30, 40))
        ((number, feedback),) = s.told
        assert number == 0
        assert feedback.losses == (-0.5, 25.0)
        assert feedback.violations == (pytest.approx(-0.1), 10.0)

    def test_a_failed_trial_tells_nothing(self, make: Make) -> None:
        s = make()
        s.driver.lost(s.next_job().number, "broken")
        assert s.told == []
        assert s.trials[0].state is TrialState.FAILED
        assert s.ledger.trial(0).error == "broken"

    def test_one_that_saw_some_questions_tells_what_it_would_come_to_on_all(
        self, make: Make
    ) -> None:
        """The last two questions are twice as dear, as another trial finds that answers them."""
        s = make(min_questions=2)
        dear = sent(10, 10, 20, 20)
        assert s.to_next_stop(s.next_job(), dear) is Next.PAUSE
        job = s.next_job()
        assert s.told == [(0, s.search.standings.feedback(0, 2))]
        while (verdict := s.to_next_stop(job, dear)) is not Next.END:
            job = job.after(2) if verdict is Next.CONTINUE else s.next_job()
        s.next_job()
        told = dict(s.told)  # the last counts
        waiting = [t.number for t in s.trials if t.state is TrialState.PAUSED]
        assert waiting
        for number in waiting:
            assert told[number].losses == pytest.approx((-0.5, 15.0), abs=0.1)


class TestWhatIsRecorded:
    def test_a_trial_is_entered_when_it_is_handed_out(self, make: Make) -> None:
        s = make()
        job = s.next_job()
        row = s.ledger.trial(job.number)
        assert row.state is TrialState.RUNNING
        assert row.flow == job.flow.to_json()
        assert row.params == s.trials[0].params
        assert s.trials[0].tune == {}
        assert (job.split, job.start, job.stops, job.answered) == ("tune", 0, (4,), frozenset())

    def test_it_is_summarized_when_it_is_finished(self, make: Make) -> None:
        s = make()
        job = s.next_job()
        for question, tokens in zip(s.to_be_asked(job), (10, 20, 30, 40), strict=True):
            s.send(job, question, (1.0, tokens))
        assert s.report(job, paid=0.25) is Next.END
        (trial,) = s.trials
        assert trial.state is TrialState.COMPLETE
        assert trial.tune["input_tokens"].value == 25
        assert trial.violations == {"input_tokens <= 15": 10.0}
        assert not trial.feasible
        assert (trial.evaluations, trial.failures) == (4, 0)
        assert (trial.index_seconds, trial.usd_index) == (1.0, 0.5)
        assert s.ledger.totals()["usd"] == 0.25

    def test_an_index_that_failed_is_the_first_error(self, make: Make) -> None:
        s = make()
        s.to_next_stop(s.next_job(), error="while indexing: ValueError")
        (trial,) = s.trials
        assert trial.first_error == "while indexing: ValueError"
        assert trial.failures == 4

    def test_rungs_are_entered_and_observers_hear_of_those_that_are_not_the_last(
        self, make: Make
    ) -> None:
        s = make(min_questions=2, trials=1)  # the first trial's bracket competes
        assert s.to_next_stop(s.next_job()) is Next.PAUSE
        assert [(r.questions, r.verdict) for r in s.ledger.rungs(0)] == [(2, "pause")]
        assert s.trials[0].state is s.ledger.trial(0).state is TrialState.PAUSED
        assert s.trials[0].tune["input_tokens"].n == 2
        assert s.watcher.of("rung") == [(0, 2)]
        assert s.watcher.of("finished") == []

    def test_money_paid_for_indexes_on_the_holdout_split_is_added(self, make: Make) -> None:
        s = make(trials=1)
        s.to_next_stop(s.next_job())
        job = s.next_job()
        assert (job.split, job.stops) == ("holdout", (3,))
        for question in s.to_be_asked(job):
            s.send(job, question)
        s.report(job, paid=2.0)
        assert s.ledger.totals()["usd"] == 2.0


class TestAWorkerThatIsLost:
    def test_its_trial_goes_on_with_the_questions_that_are_left(self, make: Make) -> None:
        s = make(trials=1)
        job = s.next_job()
        s.send(job, "tune-02")
        s.driver.lost(job.number, "gone", again=True)
        again = s.next_job()
        assert again.number == job.number
        assert s.to_be_asked(again) == ["tune-00", "tune-01", "tune-03"]
        assert s.ledger.trial(0).starts == 2
        s.to_next_stop(again)
        assert s.trials[0].state is TrialState.COMPLETE

    def test_what_the_trial_used_before_counts_against_its_limits(self, make: Make) -> None:
        s = make(trials=1)
        job = s.next_job()
        s.send(job, "tune-00")
        s.send(job, "tune-01")
        s.driver.lost(job.number, "gone", again=True)
        again = s.next_job()
        assert (job.used_usd, job.used_seconds) == (0.0, 0.0)
        assert (again.used_usd, again.used_seconds) == pytest.approx((0.002, 20.0))

    def test_it_is_given_up_at_the_third_time(self, make: Make) -> None:
        s = make(trials=2)
        for _ in range(3):
            job = s.next_job()
            assert job.number == 0
            s.driver.lost(0, "gone", again=True)
        assert s.trials[0].state is s.ledger.trial(0).state is TrialState.FAILED
        assert s.ledger.trial(0).error == "gone"
        assert s.next_job().number == 1

    def test_on_the_holdout_split_as_well(self, make: Make) -> None:
        s = make(trials=1)
        s.to_next_stop(s.next_job())
        for lost in range(3):
            job = s.next_job()
            assert len(s.to_be_asked(job)) == 3 - lost
            s.send(job, s.to_be_asked(job)[0])
            s.driver.lost(0, "gone", again=True)
        assert s.driver.next_job() is None
        assert s.driver.holdout.errors == {0: "gone"}
        assert s.trials[0].state is TrialState.COMPLETE


class TestTheEnd:
    def test_so_many_trials_and_no_more(self, make: Make) -> None:
        s = make(trials=2)
        for number in range(2):
            job = s.next_job()
            assert (job.number, job.split) == (number, "tune")
            s.to_next_stop(job)
        assert s.next_job().split == "holdout"
        assert s.driver.ended == "all 2 trials are done"

    def test_it_waits_for_those_under_way(self, make: Make) -> None:
        s = make(trials=1)
        job = s.next_job()
        assert s.driver.next_job() is WAIT
        s.to_next_stop(job)
        holdout = s.next_job()
        assert s.driver.next_job() is WAIT
        s.to_next_stop(holdout)
        assert s.driver.next_job() is None

    def test_a_trial_that_failed_is_one_of_them(self, make: Make) -> None:
        s = make(trials=1)
        s.driver.lost(s.next_job().number, "broken")
        assert s.driver.next_job() is None

    def test_every_configuration_was_tried(self, make: Make) -> None:
        s = make()
        for _ in range(4):
            s.to_next_stop(s.next_job())
        assert s.next_job().split == "holdout"
        assert s.driver.ended == "every configuration of the space was tried"
        assert len({tuple(trial.params.items()) for trial in s.trials}) == 4

    def test_those_that_wait_for_a_promotion_are_stopped(self, make: Make) -> None:
        s = make(min_questions=2, trials=2)
        assert s.to_next_stop(s.next_job(), sent(10, 10, 10, 10)) is Next.PAUSE
        assert s.to_next_stop(s.next_job(), sent(20, 20, 20, 20)) is Next.PAUSE
        assert s.to_next_stop(s.next_job(), sent(10, 10, 10, 10)) is Next.END
        assert s.next_job().split == "holdout"
        assert [trial.state for trial in s.trials] == [TrialState.COMPLETE, TrialState.STOPPED]
        assert s.trials[1].first_error == "others were better on the same questions"
        assert s.watcher.of("finished") == [0, 1]

    def test_the_only_trial_answers_everything(self, make: Make) -> None:
        s = make(min_questions=2, trials=1)
        assert s.to_next_stop(s.next_job()) is Next.PAUSE
        job = s.next_job()
        assert (job.number, job.start) == (0, 2)
        assert s.to_next_stop(job) is Next.END
        assert s.trials[0].state is TrialState.COMPLETE
        assert s.next_job().split == "holdout"
        assert s.driver.ended == "the one trial is done"

    def test_the_money_is_spent(self, make: Make) -> None:
        s = make(usd=1.5)
        s.spent = 1.49
        s.to_next_stop(s.next_job())
        s.spent = 1.5
        assert s.driver.next_job() is None
        assert s.driver.ended == "the budget of $1.5 is used up"
        s.spent = 0.0
        job = s.driver.next_job()
        assert job is None, "the end is final"

    def test_the_time_is_over(self, make: Make) -> None:
        s = make(minutes=1)
        s.to_next_stop(s.next_job())
        s.driver.budget.started -= 61
        assert s.driver.next_job() is None
        assert s.driver.ended == "the budget of 1 minutes is used up"

    def test_a_trial_that_is_to_go_on_when_the_time_is_over_is_interrupted(
        self, make: Make
    ) -> None:
        s = make(minutes=1)
        s.driver.lost(s.next_job().number, "gone", again=True)
        s.driver.budget.started -= 61
        assert s.driver.next_job() is None
        assert s.trials[0].state is s.ledger.trial(0).state is TrialState.INTERRUPTED
