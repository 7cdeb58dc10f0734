"""What the search is told, what is recorded, and when no more trials are handed out."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from syftr_like.contracts import Answer, Direction, Outcome
from syftr_like.contracts.registry import evaluator
from syftr_like.evaluation import Evaluation
from syftr_like.execution.worker import TrialReport
from syftr_like.ledger import EvaluationRecord, Ledger, LedgerWriter
from syftr_like.results import TrialState
from syftr_like.search import Feedback, make_proposer
from syftr_like.search.objective import Constraint, Objective
from syftr_like.space import space_from_source
from syftr_like.study.driver import Budget, HoldoutDriver, SearchDriver
from syftr_like.yaml_source import load_yaml_text

SPACE = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, 4]}}}]}
  answer: {from: [question, passages], choose: [extractive_reader]}
output: answer
"""
OBJECTIVES = (
    Objective("exact_match", Direction.MAXIMIZE),
    Objective("input_tokens", Direction.MINIMIZE),
)
CONSTRAINTS = (Constraint("failure_rate", "<=", 0.1), Constraint("input_tokens", "<=", 15.0))


@dataclass
class Study:
    """A driver with all that it drives; nothing is carried out."""

    driver: SearchDriver
    ledger: Ledger
    writer: LedgerWriter
    told: list[tuple[int, Feedback]] = field(default_factory=list)
    spent: float = 0.0

    def carry_out(self, tokens: tuple[int, ...], error: str | None = None) -> int:
        """Take the next job and report evaluations that sent so many tokens each."""
        job = self.driver.next_job()
        assert job is not None
        for n, sent in enumerate(tokens):
            outcome = Outcome(
                question_id=f"q{n}", answer=None if error else Answer("yes"), passages=(),
                retrieved={}, nodes=(), latency_s=0.1, cpu_s=0.0, usd=0.0, input_tokens=sent,
                error=error,
            )  # fmt: skip
            scores = {
                "exact_match": 0.0 if error or n % 2 else 1.0,
                "input_tokens": float(sent),
                "failure_rate": 1.0 if error else 0.0,
            }
            evaluation = Evaluation(job.number, "tune", outcome, scores)
            self.writer.submit([EvaluationRecord.of(evaluation)])
        self.driver.finished(TrialReport(job.number, 1.0, 0.5, 0.25, error=error))
        return job.number


@pytest.fixture
def study(tmp_path: Path) -> Iterator[Callable[..., Study]]:
    made: list[Study] = []

    def build(trials: int = 10, **budget: Any) -> Study:
        ledger = Ledger(f"sqlite:///{tmp_path}/ledger.db", "study")
        ledger.create({})
        writer = LedgerWriter(ledger)
        space = space_from_source(load_yaml_text(SPACE, "space.yaml"))
        proposer = make_proposer("grid", space, OBJECTIVES, CONSTRAINTS, trials=trials, seed=0)
        study = Study(
            SearchDriver(
                space=space,
                proposer=proposer,
                objectives=OBJECTIVES,
                constraints=CONSTRAINTS,
                evaluators=tuple(
                    evaluator(name) for name in ("exact_match", "input_tokens", "failure_rate")
                ),
                trials_wanted=trials,
                budget=Budget(budget.get("usd"), budget.get("minutes"), lambda: made[-1].spent),
                ledger=ledger,
                writer=writer,
            ),
            ledger,
            writer,
        )
        tell = proposer.tell

        def noted(number: int, feedback: Feedback) -> None:
            study.told.append((number, feedback))
            tell(number, feedback)

        proposer.tell = noted  # type: ignore[method-assign]
        made.append(study)
        return study

    yield build
    for study in made:
        study.writer.close()
        study.ledger.close()


class TestWhatTheSearchIsTold:
    def test_losses_are_small_when_good_and_violations_above_zero_when_broken(
        self, study: Callable[..., Study]
    ) -> None:
        s = study()
        s.carry_out((10, 20, 30, 40))
        ((number, feedback),) = s.told
        assert number == 0
        assert feedback.losses == (-0.5, 25.0)
        assert feedback.violations == (pytest.approx(-0.1), 10.0)

    def test_a_lost_trial_tells_nothing(self, study: Callable[..., Study]) -> None:
        s = study()
        job = s.driver.next_job()
        assert job is not None
        s.driver.lost(job.number, "gone")
        assert s.told == []
        assert s.driver.trials[0].state is TrialState.INTERRUPTED
        assert s.ledger.trial(0).error == "gone"


class TestWhatIsRecorded:
    def test_a_trial_is_entered_when_it_is_handed_out(self, study: Callable[..., Study]) -> None:
        s = study()
        job = s.driver.next_job()
        assert job is not None
        row = s.ledger.trial(job.number)
        assert row.state is TrialState.RUNNING
        assert row.flow == job.flow.to_json()
        assert row.params == s.driver.trials[job.number].params
        assert s.driver.trials[job.number].tune == {}

    def test_it_is_summarized_when_it_is_finished(self, study: Callable[..., Study]) -> None:
        s = study()
        s.carry_out((10, 20, 30, 40))
        (trial,) = s.driver.trials.values()
        assert trial.state is TrialState.COMPLETE
        assert trial.tune["input_tokens"].value == 25
        assert trial.violations == {"input_tokens <= 15": 10.0}
        assert not trial.feasible
        assert (trial.evaluations, trial.failures) == (4, 0)
        assert (trial.index_seconds, trial.usd_index) == (1.0, 0.5)
        assert s.ledger.totals()["usd"] == 0.25

    def test_an_index_that_failed_is_the_first_error(self, study: Callable[..., Study]) -> None:
        s = study()
        s.carry_out((0, 0), error="while indexing: ValueError")
        (trial,) = s.driver.trials.values()
        assert trial.first_error == "while indexing: ValueError"
        assert trial.failures == 2

    def test_money_paid_for_indexes_on_the_holdout_split_is_added(
        self, study: Callable[..., Study]
    ) -> None:
        s = study()
        s.carry_out((1,))
        HoldoutDriver(s.ledger, s.writer).finished(TrialReport(0, 1.0, 0.5, 2.0))
        assert s.ledger.totals()["usd"] == 2.25


class TestTheEnd:
    def test_so_many_trials_and_no_more(self, study: Callable[..., Study]) -> None:
        s = study(trials=2)
        assert [s.carry_out((1,)), s.carry_out((1,))] == [0, 1]
        assert s.driver.next_job() is None
        assert s.driver.ended == "all 2 trials are done"

    def test_a_trial_that_was_lost_is_one_of_them(self, study: Callable[..., Study]) -> None:
        s = study(trials=1)
        job = s.driver.next_job()
        assert job is not None
        s.driver.lost(job.number, "gone")
        assert s.driver.next_job() is None

    def test_every_configuration_was_tried(self, study: Callable[..., Study]) -> None:
        s = study()
        for _ in range(4):
            s.carry_out((1,))
        assert s.driver.next_job() is None
        assert s.driver.ended == "every configuration of the space was tried"
        assert len({tuple(trial.params.items()) for trial in s.driver.trials.values()}) == 4

    def test_the_money_is_spent(self, study: Callable[..., Study]) -> None:
        s = study(usd=1.5)
        s.spent = 1.49
        s.carry_out((1,))
        s.spent = 1.5
        assert s.driver.next_job() is None
        assert s.driver.ended == "the budget of $1.5 is used up"
        s.spent = 0.0
        assert s.driver.next_job() is None, "the end is final"

    def test_the_time_is_over(self, study: Callable[..., Study]) -> None:
        s = study(minutes=1)
        s.carry_out((1,))
        s.driver.budget.started -= 61
        assert s.driver.next_job() is None
        assert s.driver.ended == "the budget of 1 minutes is used up"
