"""Reading and writing the ledger.

One process writes; any number may read meanwhile (SQLite runs in WAL mode).
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, insert, select, update
from sqlalchemy.exc import StatementError
from sqlalchemy.schema import CreateSchema

from syftr_like.contracts import Json, ModelCall
from syftr_like.errors import StudyError
from syftr_like.results import TrialState

from . import schema
from .database import (
    check_schema_name,
    connect,
    has_study,
    is_file,
    rename_file,
    rename_schema,
)
from .rows import EvaluationRecord, index_call_rows, storable


@dataclass(frozen=True, slots=True)
class TrialRow:
    """A trial as the ledger holds it."""

    number: int
    key: str
    params: Mapping[str, Json]
    flow: Mapping[str, Json]
    state: TrialState
    error: str | None
    index_seconds: float
    index_usd: float
    index_paid_usd: float
    index_builds: int
    starts: int
    started_at: float
    finished_at: float | None


@dataclass(frozen=True, slots=True)
class RungRow:
    """Where a trial stood after how many questions, as the ledger holds it."""

    trial: int
    questions: int
    at: float
    verdict: str


@dataclass(frozen=True, slots=True)
class Consumption:
    """What a trial's evaluations on one split consumed, added up."""

    trial: int
    evaluations: int
    usd: float
    model_usd: float
    cpu_s: float
    latency_s: float


class Ledger:
    """The ledger of one study.

    SQLite holds one study per file; PostgreSQL holds any number, each in a schema of its own.
    Every method raises StudyError when the database cannot be reached, read or written.

    Args:
        url: A SQLAlchemy URL: `sqlite:///path/ledger.db` or `postgresql+psycopg://...`.
        study: The study's name.
    """

    def __init__(self, url: str, study: str) -> None:
        """See the class.

        Raises:
            InputError: The URL is malformed, its database's driver is not installed, or the
                study's name is too long for PostgreSQL.
        """
        self._study = study
        self._engine = connect(url)
        self._shown_url = self._engine.url.render_as_string(hide_password=True)
        if self._engine.dialect.name == "postgresql":
            check_schema_name(study)
            self._engine = self._engine.execution_options(schema_translate_map={None: study})

    def create(self, lock: Mapping[str, Any]) -> None:
        """Make the tables and enter the study.

        Args:
            lock: The resolved study, as JSON.

        Raises:
            StudyError: The study is already there, or the database cannot be reached or written.
        """
        with self._writing() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(CreateSchema(self._study, if_not_exists=True))
            schema.metadata.create_all(connection)
            if connection.execute(select(schema.study.c.name)).first() is not None:
                raise StudyError(
                    f"the ledger {self._shown_url} already holds the study '{self._study}'"
                )
            connection.execute(
                insert(schema.study).values(
                    name=self._study,
                    schema_version=schema.SCHEMA_VERSION,
                    created_at=time.time(),
                    lock=lock,
                    ended="",
                )
            )

    def exists(self) -> bool:
        """Whether the database holds the study; nothing is made where it does not."""
        if self._engine.dialect.name == "sqlite" and not is_file(self._engine):
            return False
        with self._reading() as connection:
            return (
                has_study(connection, self._study)
                and connection.execute(select(schema.study.c.name)).first() is not None
            )

    def rename_study(self, name: str) -> None:
        """Keep an earlier study of this name under another one; nothing where there is none.

        On PostgreSQL its schema takes the name; an SQLite file `ledger.db` becomes
        `ledger.<name>.db`.

        Raises:
            InputError: The name is too long for PostgreSQL.
            StudyError: The name is taken, or the database cannot be reached or written.
        """
        try:
            if self._engine.dialect.name == "postgresql":
                rename_schema(self._engine, self._study, name)
            else:
                rename_file(self._engine, name)
        except (StatementError, OSError) as error:
            raise self._unusable("renamed", error) from error

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        try:
            with self._engine.begin() as connection:
                yield connection
        except StatementError as error:
            raise self._unusable("written", error) from error

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        try:
            with self._engine.connect() as connection:
                yield connection
        except StatementError as error:
            raise self._unusable("read", error) from error

    def _unusable(self, done: str, error: StatementError | OSError) -> StudyError:
        # Not the whole text of the error, which quotes what was to be written.
        cause = error.orig if isinstance(error, StatementError) else error
        return StudyError(f"the ledger {self._shown_url} cannot be {done}: {cause}")

    def study(self) -> Mapping[str, Any]:
        """Return the study's row: name, schema_version, created_at, lock, ended, seconds.

        Raises:
            StudyError: The database holds no study.
        """
        with self._reading() as connection:
            row = connection.execute(select(schema.study)).mappings().first()
        if row is None:
            raise StudyError(f"the ledger {self._shown_url} holds no study")
        return dict(row)

    def begin_session(self, lock: Mapping[str, Any]) -> None:
        """Record that the study goes on, under a lock that may ask for more than the earlier."""
        with self._writing() as connection:
            connection.execute(update(schema.study).values(lock=lock, ended=""))

    def end_study(self, ended: str, seconds: float) -> None:
        """Record why and after how many seconds of wall time, sessions added up, it ended."""
        with self._writing() as connection:
            connection.execute(update(schema.study).values(ended=ended, seconds=seconds))

    def note_seconds(self, seconds: float) -> None:
        """Record how many seconds of wall time the study took so far, sessions added up."""
        with self._writing() as connection:
            connection.execute(update(schema.study).values(seconds=seconds))

    def start_trial(
        self, number: int, key: str, params: Mapping[str, Json], flow: Mapping[str, Json]
    ) -> None:
        """Enter a trial that is about to run."""
        with self._writing() as connection:
            connection.execute(
                insert(schema.trials).values(
                    number=number,
                    key=key,
                    params=dict(params),
                    flow=dict(flow),
                    state=TrialState.RUNNING.value,
                    starts=1,
                    started_at=time.time(),
                    index_seconds=0.0,
                    index_usd=0.0,
                    index_paid_usd=0.0,
                    index_builds=0,
                )
            )

    def set_params(self, number: int, params: Mapping[str, Json]) -> None:
        """Record how a space that was extended since spells a trial's flow."""
        with self._writing() as connection:
            connection.execute(
                update(schema.trials)
                .where(schema.trials.c.number == number)
                .values(params=dict(params))
            )

    def restart_trial(self, number: int) -> None:
        """Record that a trial that was cut off is started again."""
        table = schema.trials.c
        with self._writing() as connection:
            connection.execute(
                update(schema.trials)
                .where(table.number == number)
                .values(
                    state=TrialState.RUNNING.value,
                    starts=table.starts + 1,
                    error=None,
                    finished_at=None,
                )
            )

    def set_state(self, number: int, state: TrialState, *, error: str | None = None) -> None:
        """Record where a trial stands; its end as well, when nothing more is to happen in it.

        One that goes on after it had ended, for more trials were asked for, has no end any more
        and no reason for it. One that is outside of a changed space ended when it did.
        """
        values: dict[str, Any] = {"state": state.value}
        if state in (TrialState.RUNNING, TrialState.PAUSED):
            values |= {"error": None, "finished_at": None}
        elif state is TrialState.OUTSIDE:
            values["finished_at"] = func.coalesce(schema.trials.c.finished_at, time.time())
        else:
            values["finished_at"] = time.time()
        if error is not None:
            values["error"] = storable(error)
        with self._writing() as connection:
            connection.execute(
                update(schema.trials).where(schema.trials.c.number == number).values(**values)
            )

    def add_rung(self, trial: int, questions: int, verdict: str) -> None:
        """Record where a trial stood after so many questions; the first time counts."""
        row = {"trial": trial, "questions": questions, "at": time.time(), "verdict": verdict}
        with self._writing() as connection:
            at = schema.rungs.c
            found = connection.execute(
                select(at.trial).where(at.trial == trial, at.questions == questions)
            ).first()
            if found is None:
                connection.execute(insert(schema.rungs).values(**row))

    def rungs(self, trial: int | None = None) -> list[RungRow]:
        """Return the rungs, of one trial if given, by trial and questions."""
        at = schema.rungs.c
        query = select(schema.rungs).order_by(at.trial, at.questions)
        if trial is not None:
            query = query.where(at.trial == trial)
        with self._reading() as connection:
            return [RungRow(**row) for row in connection.execute(query).mappings()]

    def record_index(
        self,
        number: int,
        *,
        seconds: float,
        usd: float,
        paid_usd: float,
        calls: Sequence[ModelCall],
        builds: int = 0,
    ) -> None:
        """Record what a trial's index-time work cost originally, and what was newly paid for it.

        What was paid and built is added to that of before; the rest is a fact that stays the same.

        Args:
            number: The trial.
            seconds: Original wall time.
            usd: Original cost.
            paid_usd: What was paid since this was last recorded.
            calls: The calls of models that it rests on, those found in the cache marked so.
            builds: How many of its results were computed since then, not found.
        """
        rows = index_call_rows(number, calls)
        at = schema.trials.c
        with self._writing() as connection:
            connection.execute(
                update(schema.trials)
                .where(schema.trials.c.number == number)
                .values(
                    index_seconds=seconds,
                    index_usd=usd,
                    index_paid_usd=at.index_paid_usd + paid_usd,
                    index_builds=at.index_builds + builds,
                )
            )
            of_call = schema.model_calls.c
            listed = connection.execute(
                select(of_call.id).where(of_call.trial == number, of_call.split == "index").limit(1)
            ).first()
            if listed is not None:  # by the trial's first worker, those that were found as well
                rows = [row for row in rows if not row["cached"]]
            if rows:
                connection.execute(insert(schema.model_calls), rows)

    def add_evaluations(self, batch: Sequence[EvaluationRecord]) -> None:
        """Commit evaluations and their model calls in one transaction.

        Raises:
            StudyError: The database cannot be reached or written.
        """
        if not batch:
            return
        calls = [row for record in batch for row in record.model_calls]
        with self._writing() as connection:
            connection.execute(insert(schema.evaluations), [record.row for record in batch])
            if calls:
                connection.execute(insert(schema.model_calls), calls)

    def trials(self) -> list[TrialRow]:
        """Return every trial in order of proposal."""
        with self._reading() as connection:
            rows = connection.execute(
                select(schema.trials).order_by(schema.trials.c.number)
            ).mappings()
            return [_trial_row(row) for row in rows]

    def trial(self, number: int) -> TrialRow:
        """Return one trial.

        Raises:
            KeyError: There is none of that number.
        """
        with self._reading() as connection:
            row = (
                connection.execute(select(schema.trials).where(schema.trials.c.number == number))
                .mappings()
                .first()
            )
        if row is None:
            raise KeyError(number)
        return _trial_row(row)

    def evaluations(
        self, trial: int | None = None, split: str | None = None
    ) -> Iterator[Mapping[str, Any]]:
        """Yield rows of the table `evaluations`, of one trial or split if given.

        They come by trial, split and question, not as they were written: the order in which
        questions end is a matter of chance, and sums of floats depend on it.
        """
        table = schema.evaluations.c
        query = select(schema.evaluations).order_by(table.trial, table.split, table.question)
        if trial is not None:
            query = query.where(schema.evaluations.c.trial == trial)
        if split is not None:
            query = query.where(schema.evaluations.c.split == split)
        with self._reading() as connection:
            for row in connection.execute(query).mappings():
                yield dict(row)

    def evaluated(self, split: str) -> dict[int, set[str]]:
        """Return the ids of the questions that each trial was evaluated on in a split."""
        table = schema.evaluations.c
        found: dict[int, set[str]] = {}
        with self._reading() as connection:
            for trial, question in connection.execute(
                select(table.trial, table.question).where(table.split == split)
            ):
                found.setdefault(trial, set()).add(question)
        return found

    def consumption(self, trials: Sequence[int], split: str) -> list[Consumption]:
        """Return what the evaluations of some trials on a split consumed; none, nothing."""
        table = schema.evaluations.c
        query = (
            select(
                table.trial,
                func.count(),
                func.sum(table.usd),
                func.sum(table.model_usd),
                func.sum(table.cpu_s),
                func.sum(table.latency_s),
            )
            .where(table.split == split, table.trial.in_(trials))
            .group_by(table.trial)
            .order_by(table.trial)
        )
        with self._reading() as connection:
            return [Consumption(*row) for row in connection.execute(query)]

    def model_calls(self, trial: int | None = None) -> Iterator[Mapping[str, Any]]:
        """Yield rows of the table `model_calls`, of one trial if given, as they were entered."""
        query = select(schema.model_calls).order_by(schema.model_calls.c.id)
        if trial is not None:
            query = query.where(schema.model_calls.c.trial == trial)
        with self._reading() as connection:
            for row in connection.execute(query).mappings():
                yield dict(row)

    def totals(self) -> Mapping[str, float]:
        """Return `evaluations`, `failures`, `model_calls`, `cache_hits`, `index_builds` and `usd`.

        `model_calls` are those newly made, `index_builds` the results newly computed. `usd` is
        what was paid to providers: the payments, in full where a process died before it knew, and
        the calls of components that report them without asking first.
        """
        table, calls, payments = schema.evaluations.c, schema.model_calls.c, schema.payments.c
        with self._reading() as connection:
            count, failures, hits = connection.execute(
                select(
                    func.count(), func.count(table.error), func.sum(table.cache_hits)
                ).select_from(schema.evaluations)
            ).one()
            made = connection.execute(
                select(func.count()).select_from(schema.model_calls).where(~calls.cached)
            ).scalar_one()
            paid = connection.execute(
                select(func.sum(func.coalesce(payments.paid_usd, payments.reserved_usd)))
            ).scalar_one()
            builds = connection.execute(select(func.sum(schema.trials.c.index_builds))).scalar_one()
            reported = connection.execute(
                select(func.sum(calls.usd)).where(~calls.cached, calls.request == "")
            ).scalar_one()
        return {
            "evaluations": int(count),
            "failures": int(failures),
            "model_calls": int(made),
            "cache_hits": int(hits or 0),
            "index_builds": int(builds or 0),
            "usd": float(paid or 0.0) + float(reported or 0.0),
        }

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _trial_row(row: Any) -> TrialRow:
    return TrialRow(**{**row, "state": TrialState(row["state"])})
