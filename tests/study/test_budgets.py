"""Time and money run out: what is set aside, what is cut off, and what a single trial may take."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import bm25s  # noqa: F401  # else the time to import it counts as time to build an index
import pytest

from syftr_like.execution.backend import WAIT, Next
from syftr_like.execution.jobs import OUT_OF_TIME, TrialReport
from syftr_like.results import StudyResult, TrialState
from syftr_like.study.loading import load_study
from syftr_like.study.session import Session

from ..execution.watcher import Watcher
from .made_driver import MadeDriver, make_driver
from .tiny_study import write_tiny_study

STUDY = """\
study: tiny
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  split: {tune: 0.75, holdout: 0.25, seed: 1}
space: space.yaml
objectives: {maximize: [answer_match]}
search: {method: grid, trials: 10}
workers: {count: 0, questions_in_flight: 1}
tracking: {mlflow: null}
"""
SPACE = """\
graph:
  chunks: {from: documents, choose: [SPLITTERS]}
  passages: {from: [question, chunks], choose: [{bm25: {k: 2}}]}
  answer: {from: [question, passages], choose: [READERS]}
output: answer
"""


class TestWhatIsSetAside:
    """A question takes 10 s and $0.001 here; the holdout split has 3, the tune split 4."""

    @pytest.fixture
    def make(self, tmp_path: Path) -> Iterator[Callable[..., MadeDriver]]:
        made: list[MadeDriver] = []

        def build(**values: Any) -> MadeDriver:
            made.append(make_driver(tmp_path / f"{len(made)}.db", **values))
            return made[-1]

        yield build
        for one in made:
            one.close()

    def after(self, made: MadeDriver, seconds: float) -> None:
        made.driver.budget.started = time.monotonic() - seconds

    def test_time_for_the_front_on_the_holdout_split(self, make: Callable[..., MadeDriver]) -> None:
        s = make(minutes=2)
        s.to_next_stop(s.next_job())
        self.after(s, 80)
        s.to_next_stop(s.next_job())
        self.after(s, 95)  # 25 s are left; the front needs 30
        job = s.next_job()
        assert job.split == "holdout"
        assert s.driver.ended == "the budget of 2 minutes is used up"

    def test_a_member_more_is_as_much_more_and_workers_share_it(
        self, make: Callable[..., MadeDriver]
    ) -> None:
        s = make(minutes=2)
        for tokens in (10.0, 9.0):
            right = tokens / 10
            s.to_next_stop(s.next_job(), lambda q, score=(right, tokens): score)
        assert len(s.driver.front()) == 2
        assert s.driver._held() == pytest.approx((0.006, 60.0))
        s.driver.workers = 2
        s.driver.questions_in_flight = 3
        assert s.driver._held() == pytest.approx((0.006, 10.0))

    def test_money_for_it(self, make: Callable[..., MadeDriver]) -> None:
        s = make(usd=1.0)
        s.to_next_stop(s.next_job())
        s.spent = 0.996
        s.to_next_stop(s.next_job())
        s.spent = 0.998
        assert s.next_job().split == "holdout"
        assert s.driver.ended == "the budget of $1 is used up"

    def test_to_complete_one_trial_while_none_is(self, make: Callable[..., MadeDriver]) -> None:
        s = make(minutes=2, min_questions=2)
        for _ in range(2):
            assert s.to_next_stop(s.next_job()) is Next.PAUSE
        self.after(s, 55)  # 65 s are left; four questions of tune and three of holdout need 70
        job = s.next_job()
        assert (job.split, job.number, job.start) == ("tune", 0, 2)
        assert job.deadline == pytest.approx(time.time() + 35, abs=1)
        assert s.driver.ended == "the budget of 2 minutes is used up"
        assert s.to_next_stop(job) is Next.END
        self.after(s, 75)  # the front needs 30 of 45 s, but the search is over
        assert s.next_job().split == "holdout"
        assert s.trials[1].state is TrialState.STOPPED
        assert s.trials[1].first_error == "it waited for more questions when the search ended"

    def test_money_to_complete_one(self, make: Callable[..., MadeDriver]) -> None:
        s = make(usd=1.0, min_questions=2)
        s.to_next_stop(s.next_job())
        s.spent = 0.992
        assert s.next_job().number == 1  # .007 are set aside
        s = make(usd=1.0, min_questions=2)
        s.to_next_stop(s.next_job())
        s.spent = 0.994
        job = s.next_job()
        assert (job.number, job.start) == (0, 2)
        assert s.driver.account._held == pytest.approx(0.003)

    def test_jobs_are_told_when_the_time_is_over(self, make: Callable[..., MadeDriver]) -> None:
        s = make(minutes=2, trials=2)
        now = time.time()
        first = s.next_job()
        s.to_next_stop(first)
        second = s.next_job()
        s.to_next_stop(second)
        holdout = s.next_job()
        assert first.deadline == pytest.approx(now + 120, abs=15)
        assert second.deadline == pytest.approx(now + 90, abs=15)
        assert holdout.deadline == pytest.approx(now + 120, abs=15)

    def test_a_trial_that_did_not_get_to_its_stop_goes_on_with_more_time(
        self, make: Callable[..., MadeDriver], tmp_path: Path
    ) -> None:
        s = make(minutes=1, trials=1)
        job = s.next_job()
        s.send(job, "tune-00")
        report = TrialReport(0, "tune", 4, 1.0, 0.5, 0.0, unfinished=OUT_OF_TIME)
        assert s.driver.reported(report) is Next.END
        assert s.trials[0].state is s.ledger.trial(0).state is TrialState.INTERRUPTED
        assert s.driver.ended == OUT_OF_TIME
        self.after(s, 61)
        assert s.driver.next_job() is None
        s.ledger.end_study(s.driver.ended, 61)

        again = make_driver(tmp_path / "0.db", trials=1, minutes=1)
        assert not again.driver.has_work()
        again.close()
        again = make_driver(tmp_path / "0.db", trials=1, minutes=9)
        job = again.next_job()
        assert (job.number, again.to_be_asked(job)) == (0, ["tune-01", "tune-02", "tune-03"])
        assert again.driver.next_job() is WAIT
        again.to_next_stop(job)
        assert again.trials[0].state is TrialState.COMPLETE
        again.close()


@pytest.fixture
def run(tmp_path: Path, third_party: Path) -> Callable[..., tuple[StudyResult, Watcher]]:
    """Run a session of one study in this process."""

    def run_session(
        readers: str, splitters: str = "whole_document", **settings: Any
    ) -> tuple[StudyResult, Watcher]:
        space = SPACE.replace("READERS", readers).replace("SPLITTERS", splitters)
        path = write_tiny_study(tmp_path, study=STUDY, space=space)
        watcher = Watcher()
        dotted = {key.replace("__", "."): value for key, value in settings.items()}
        session = Session(load_study(path, dotted), runs=tmp_path / "runs", observers=[watcher])
        result = session.run()
        session.ledger.close()
        return result, watcher

    return run_session


Run = Callable[..., tuple[StudyResult, Watcher]]
LINGERING = "{troubled_reader: {trouble: linger, seconds: %g}}"


def test_no_question_is_begun_when_the_time_is_over_and_the_trial_goes_on_later(run: Run) -> None:
    first, watcher = run(LINGERING % 0.25, budget__minutes=0.02)
    asked = {(row["split"], row["question"]) for row in watcher.of("evaluated")}
    assert first.ended == "the budget of 0.02 minutes is used up"
    assert first.trials[0].state is TrialState.INTERRUPTED
    assert first.trials[0].failures == 0, "running out of time is no failure"
    assert first.front == ()
    assert len(asked) < 12

    second, watcher = run(LINGERING % 0.25, budget__minutes=5)
    again = {(row["split"], row["question"]) for row in watcher.of("evaluated")}
    assert not asked & again
    assert second.trials[0].state is TrialState.COMPLETE
    assert (second.trials[0].evaluations, len(asked | again)) == (12, 16)
    assert second.trials[0].holdout


class TestWhatATrialMayTake:
    def test_time(self, run: Run) -> None:
        result, _ = run(f"first_sentence, {LINGERING % 1.0}", limits__trial_minutes=0.025)
        trials = {t.params["answer"]: t for t in result.trials}
        slow, fast = trials["troubled_reader"], trials["first_sentence"]
        assert fast.failures == 0
        assert slow.state is TrialState.COMPLETE
        assert slow.evaluations == 12
        assert slow.failures == 10, "a second each: two are asked in 1.5 s"
        assert slow.first_error == "the trial's limit of 0.025 minutes is passed"
        assert result.front == (fast.id,)

    def test_money(self, run: Run) -> None:
        """The work of this machine costs, too."""
        result, _ = run("first_sentence", limits__trial_usd=1e-9, constraints=["failure_rate <= 1"])
        (trial,) = result.trials
        assert trial.failures >= 11
        assert trial.first_error == "the trial's limit of $1e-09 is passed"

    @pytest.mark.parametrize(("in_flight", "most"), [(1, 3), (4, 6)])
    def test_money_counts_anew_on_the_holdout_split(
        self, run: Run, tmp_path: Path, in_flight: int, most: int
    ) -> None:
        """A question costs $0.01 and a little; those under way at the limit are finished."""
        _, watcher = run(
            f"{{paying_reader: {{log: '{tmp_path / 'log'}'}}}}",
            limits__trial_usd=0.025,
            constraints=["failure_rate <= 1"],
            workers__questions_in_flight=in_flight,
        )
        answered = Counter(r["split"] for r in watcher.of("evaluated") if r["error"] is None)
        asked = Counter(r["split"] for r in watcher.of("evaluated"))
        assert asked == {"tune": 12, "holdout": 4}, "the others have failed"
        assert 3 <= answered["tune"] <= most
        assert 3 <= answered["holdout"] <= most
        assert (tmp_path / "log").stat().st_size == answered.total()

    def test_building_an_index(self, run: Run) -> None:
        result, _ = run(
            "first_sentence", "lingering_splitter, whole_document", limits__index_minutes=0.02
        )
        trials = {t.params["chunks"]: t for t in result.trials}
        slow, fast = trials["lingering_splitter"], trials["whole_document"]
        assert slow.state is fast.state is TrialState.COMPLETE
        assert (slow.failures, fast.failures) == (12, 0)
        assert slow.usd_index == pytest.approx(0.01), "what it had paid when it was ended"
        assert slow.first_error == "indexing took longer than the limit of 1.2 s"
        assert result.front == (fast.id,)
        assert fast.holdout
