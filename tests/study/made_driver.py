"""A study's driver with a real ledger and nothing that carries out its jobs: tests do that."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from syftr_like.contracts import Answer, Direction, ModelCall, Outcome, Question
from syftr_like.contracts.registry import evaluator
from syftr_like.evaluation import Evaluation
from syftr_like.execution.backend import Next
from syftr_like.execution.jobs import TrialJob, TrialReport
from syftr_like.ledger import EvaluationRecord, Ledger, LedgerWriter
from syftr_like.results import TrialResult
from syftr_like.search import Feedback, make_early_stopping, make_proposer
from syftr_like.search.objective import Constraint, Objective
from syftr_like.space import space_from_source
from syftr_like.study.account import LedgerAccount
from syftr_like.study.budget import Budget
from syftr_like.study.driver import StudyDriver
from syftr_like.study.holdout_driver import HoldoutDriver
from syftr_like.study.racing import Racing
from syftr_like.study.restoring import restore
from syftr_like.study.search_driver import SearchDriver
from syftr_like.study.standings import Standings
from syftr_like.yaml_source import load_yaml_text

from ..execution.watcher import Watcher

PASSAGES = "passages.bm25.k"
SPACE = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: {int: [1, %d]}}}]}
  answer: {from: [question, passages], choose: [extractive_reader]}
output: answer
"""
OBJECTIVES = (
    Objective("exact_match", Direction.MAXIMIZE),
    Objective("input_tokens", Direction.MINIMIZE),
)
CONSTRAINTS = (Constraint("failure_rate", "<=", 0.1), Constraint("input_tokens", "<=", 15.0))
METRICS = ("exact_match", "input_tokens", "failure_rate")

Scored = tuple[float, float]
"""Whether the answer was right, and how many tokens were sent."""


def questions(split: str, count: int) -> tuple[Question, ...]:
    return tuple(
        Question(f"{split}-{n:02}", f"{split} question {n}?", ("yes",)) for n in range(count)
    )


def evaluated(
    job: TrialJob, question: str, scored: Scored = (1.0, 10.0), error: str | None = None
) -> EvaluationRecord:
    """An evaluation as a worker would send it."""
    right, tokens = scored
    outcome = Outcome(
        question_id=question, answer=None if error else Answer("yes"), passages=(), retrieved={},
        nodes=(), latency_s=10.0, cpu_s=0.0, usd=0.001, model_usd=0.001, input_tokens=int(tokens),
        error=error,
    )  # fmt: skip
    scores = {
        "exact_match": 0.0 if error else right,
        "input_tokens": tokens,
        "failure_rate": 1.0 if error else 0.0,
    }
    return EvaluationRecord.of(Evaluation(job.number, job.split, outcome, scores))


@dataclass
class MadeDriver:
    """A driver with all that it drives."""

    driver: StudyDriver
    ledger: Ledger
    writer: LedgerWriter
    tune: tuple[Question, ...]
    holdout: tuple[Question, ...]
    watcher: Watcher
    told: list[tuple[int, Feedback]] = field(default_factory=list)
    spent: float = 0.0

    @property
    def search(self) -> SearchDriver:
        return self.driver.search

    @property
    def trials(self) -> list[TrialResult]:
        return list(self.search.trials.values())

    def to_be_asked(self, job: TrialJob) -> list[str]:
        """The questions up to the job's next stop, as a worker would ask them."""
        split = self.tune if job.split == "tune" else self.holdout
        return [q.id for q in split[job.start : job.stops[0]] if q.id not in job.answered]

    def next_job(self) -> TrialJob:
        job = self.driver.next_job()
        assert isinstance(job, TrialJob)
        return job

    def send(
        self, job: TrialJob, question: str, scored: Scored = (1.0, 10.0), error: str | None = None
    ) -> None:
        """Hand over an evaluation as a backend would."""
        self.writer.submit([evaluated(job, question, scored, error)])

    def report(self, job: TrialJob, error: str | None = None, paid: float = 0.0) -> Next:
        """Report a job at its next stop."""
        calls = (ModelCall("acme:embed", 10, 0, paid, 0.1),) if paid else ()
        return self.driver.reported(
            TrialReport(job.number, job.split, job.stops[0], 1.0, 0.5, paid, calls, error=error)
        )

    def to_next_stop(
        self,
        job: TrialJob,
        scored: Callable[[str], Scored] = lambda question: (1.0, 10.0),
        error: str | None = None,
    ) -> Next:
        """Answer all that is to be asked up to the next stop, and report."""
        for question in self.to_be_asked(job):
            self.send(job, question, scored(question), error)
        return self.report(job, error)

    def close(self) -> None:
        self.writer.close()
        self.ledger.close()


def make_driver(
    database: Path,
    *,
    trials: int = 10,
    method: str = "grid",
    configurations: int = 4,
    questions_asked: int = 4,
    min_questions: int | None = None,
    eta: float = 2,
    constraints: Sequence[Constraint] = CONSTRAINTS,
    racing: bool = False,
    usd: float | None = None,
    minutes: float | None = None,
) -> MadeDriver:
    """Make a driver on a ledger, which may hold what an earlier one did.

    Args:
        database: File of the ledger.
        min_questions: Early stopping begins with so many; None for no early stopping.
    """
    ledger = Ledger(f"sqlite:///{database}", "study")
    earlier = ledger.exists()
    if not earlier:
        ledger.create({})
    writer = LedgerWriter(ledger)
    space = space_from_source(load_yaml_text(SPACE % configurations, "space.yaml"))
    proposer = make_proposer(method, space, OBJECTIVES, constraints, trials=trials, seed=0)
    evaluators = tuple(evaluator(name) for name in METRICS)
    tune, holdout = questions("tune", questions_asked), questions("holdout", 3)
    standings = Standings(tune, evaluators, OBJECTIVES, constraints)
    watcher = Watcher()
    search = SearchDriver(
        space=space,
        proposer=proposer,
        early_stopping=make_early_stopping(
            "none" if min_questions is None else "hyperband", questions_asked, OBJECTIVES,
            constraints, min_questions=min_questions or 2, eta=eta,
        ),
        racing=Racing(standings, OBJECTIVES, evaluators) if racing else None,
        standings=standings,
        objectives=OBJECTIVES,
        constraints=tuple(constraints),
        evaluators=evaluators,
        trials_wanted=trials,
        ledger=ledger,
        writer=writer,
        observers=[watcher],
    )  # fmt: skip
    made = MadeDriver(
        StudyDriver(
            search=search,
            holdout=HoldoutDriver(len(holdout), ledger, writer),
            budget=Budget(usd, minutes, lambda: made.spent, ledger.study()["seconds"]),
            account=LedgerAccount(ledger, usd),
            workers=1,
            questions_in_flight=1,
        ),
        ledger,
        writer,
        tune,
        holdout,
        watcher,
    )
    if earlier:
        restore(search)
    tell = proposer.tell

    def noted(number: int, feedback: Feedback) -> None:
        made.told.append((number, feedback))
        tell(number, feedback)

    proposer.tell = noted  # type: ignore[method-assign]
    return made
