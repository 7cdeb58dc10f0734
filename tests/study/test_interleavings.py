"""Whatever happens in whatever order, nothing is asked twice, lost, or left without an end.

A backend is simulated: workers answer question by question, in turns that hypothesis chooses; some
are lost with what they have not sent; the driver's process is killed at any write to its ledger
and started again.
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from syftr_like.execution.backend import Next, Wait
from syftr_like.execution.jobs import TrialJob
from syftr_like.results import TrialState

from .made_driver import MadeDriver, make_driver

Rows = dict[tuple[int, str, str], Any]


class KilledError(Exception):
    """The process of the driver is gone."""


@dataclass
class World:
    """A study under whatever `chance` has in store for it."""

    database: Path
    chance: random.Random
    workers: int
    study: dict[str, Any]
    committed: Rows = field(default_factory=dict)
    losses: int = 0

    def session(self, *, killed: bool, **changed: Any) -> None:
        """Run until the study ends or the driver is killed."""
        made = make_driver(self.database, **(self.study | changed))
        if killed:
            kill_at_a_write(made, self.chance.randint(1, 60))
        try:
            self._carry_out(made)
        except KilledError:
            assert killed
        finally:
            with suppress(KilledError):
                made.writer.close()
            made.ledger.close()
        self.check_rows()

    def _carry_out(self, made: MadeDriver) -> None:
        under_way: dict[int, tuple[TrialJob, list[str]]] = {}
        while True:
            if len(under_way) < self.workers and (not under_way or self.chance.random() < 0.3):
                job = made.driver.next_job()
                if job is None:
                    assert not under_way
                    return
                if isinstance(job, Wait):
                    assert under_way, "told to wait while nothing is under way"
                else:
                    assert job.number not in under_way
                    under_way[job.number] = (job, self._to_be_asked(made, job))
            number = self.chance.choice(sorted(under_way))
            job, left = under_way[number]
            if self.chance.random() < 0.02:
                self.losses += 1
                del under_way[number]
                made.driver.lost(number, "gone", again=True)
            elif left:
                question = left.pop(self.chance.randrange(len(left)))
                made.send(job, question, scored(number, question))
            elif made.report(job) is Next.CONTINUE:
                job = job.after(job.stops[0])
                under_way[number] = (job, self._to_be_asked(made, job))
            else:
                del under_way[number]

    def _to_be_asked(self, made: MadeDriver, job: TrialJob) -> list[str]:
        asked = made.to_be_asked(job)
        done = {
            q for trial, split, q in self.rows(made) if (trial, split) == (job.number, job.split)
        }
        assert not done & set(asked), "asked twice"
        first = (made.tune if job.split == "tune" else made.holdout)[: job.stops[0]]
        assert {q.id for q in first} == (done & {q.id for q in first}) | set(asked), (
            "one is missing"
        )
        return asked

    def rows(self, made: MadeDriver) -> Rows:
        return {
            (row["trial"], row["split"], row["question"]): row for row in made.ledger.evaluations()
        }

    def check_rows(self) -> None:
        """What was committed stays, to the letter."""
        made = make_driver(self.database, **self.study)
        rows = self.rows(made)
        made.close()
        assert self.committed.items() <= rows.items()
        self.committed = rows


def kill_at_a_write(made: MadeDriver, writes: int) -> None:
    """Let no more than so many transactions through."""
    through = made.ledger._writing

    @contextmanager
    def counted() -> Iterator[Any]:
        nonlocal writes
        writes -= 1
        if writes < 0:
            raise KilledError
        with through() as connection:
            yield connection

    made.ledger._writing = counted  # type: ignore[method-assign]


def scored(number: int, question: str) -> tuple[float, float]:
    """One trial in three is good for sure; the others are good in parts."""
    if number % 3 == 0:
        return 1.0, 1.0
    return float((number * 7 + int(question[-2:]) * 3) % 4 == 0), 5.0 + number


@given(
    seed=st.integers(0, 2**32),
    workers=st.integers(1, 3),
    kills=st.integers(0, 4),
    trials=st.integers(3, 9),
    questions=st.integers(2, 24),
    min_questions=st.sampled_from([None, 2, 3]),
    earlier=st.sampled_from([{}, {"trials": 3}, {"min_questions": None}, {"min_questions": 4}]),
    racing=st.booleans(),
)
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow],
    derandomize=True,
)
def test_nothing_is_asked_twice_or_lost_and_every_trial_comes_to_an_end(
    seed: int, workers: int, kills: int, trials: int, questions: int, min_questions: int | None,
    earlier: dict[str, Any], racing: bool,
) -> None:  # fmt: skip
    study = {
        "trials": trials, "method": "random", "configurations": 40, "questions_asked": questions,
        "min_questions": min_questions, "racing": racing,
    }  # fmt: skip
    with tempfile.TemporaryDirectory() as folder:
        world = World(Path(folder) / "ledger.db", random.Random(seed), workers, study)
        for _ in range(kills):
            world.session(killed=True, **earlier)
        world.session(killed=False)

        made = make_driver(world.database, **study)
        assert len(made.trials) == trials
        for trial in made.trials:
            row = made.ledger.trial(trial.number)
            assert trial.state is row.state
            assert row.finished_at is not None
            tune = [q for t, split, q in world.committed if (t, split) == (trial.number, "tune")]
            match trial.state:
                case TrialState.COMPLETE:
                    assert len(tune) == questions
                    assert trial.rungs[-1].verdict == "complete"
                    assert trial.first_error is None
                case TrialState.STOPPED:
                    assert trial.rungs
                    assert trial.rungs[-1].questions <= len(tune) < questions
                    assert earlier or len(tune) == trial.rungs[-1].questions
                    assert trial.first_error == "others were better on the same questions"
                case TrialState.FAILED:
                    assert world.losses >= 3
                case state:
                    raise AssertionError(f"trial {trial.number} is left {state}")
            steps = [rung.questions for rung in trial.rungs]
            assert steps == sorted(set(steps))
            if not earlier:
                assert set(steps) <= set(made.search.early_stopping.levels)
        front = {trial.number for trial in made.driver.front()}
        holdout = made.ledger.evaluated("holdout")
        if world.losses < 3:
            assert set(holdout) == front or (earlier and set(holdout) > front)
            assert all(len(holdout[number]) == len(made.holdout) for number in front)
            assert not made.driver.has_work(), "nothing is left to run"
        made.close()
