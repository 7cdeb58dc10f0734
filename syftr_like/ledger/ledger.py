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

from syftr_like.contracts import Json
from syftr_like.errors import StudyError
from syftr_like.results import TrialState

from . import schema
from .database import check_schema_name, connect, rename_file, rename_schema
from .rows import EvaluationRecord, storable


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
    started_at: float
    finished_at: float | None


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

    def end_study(self, ended: str, seconds: float) -> None:
        """Record why and after how many seconds of wall time the study ended."""
        with self._writing() as connection:
            connection.execute(update(schema.study).values(ended=ended, seconds=seconds))

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
                    started_at=time.time(),
                    index_seconds=0.0,
                    index_usd=0.0,
                    index_paid_usd=0.0,
                )
            )

    def finish_trial(
        self,
        number: int,
        *,
        state: TrialState = TrialState.COMPLETE,
        error: str | None = None,
        index_seconds: float = 0.0,
        index_usd: float = 0.0,
        index_paid_usd: float = 0.0,
    ) -> None:
        """Record that a trial ended, what its index-time work cost, and what was paid for it."""
        with self._writing() as connection:
            connection.execute(
                update(schema.trials)
                .where(schema.trials.c.number == number)
                .values(
                    state=state.value,
                    error=None if error is None else storable(error),
                    index_seconds=index_seconds,
                    index_usd=index_usd,
                    index_paid_usd=index_paid_usd,
                    finished_at=time.time(),
                )
            )

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

    def add_index_payment(self, number: int, usd: float) -> None:
        """Add to what was paid for a trial's index-time work."""
        paid = schema.trials.c.index_paid_usd
        with self._writing() as connection:
            connection.execute(
                update(schema.trials)
                .where(schema.trials.c.number == number)
                .values(index_paid_usd=paid + usd)
            )

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

    def totals(self) -> Mapping[str, float]:
        """Return `evaluations`, `failures`, `model_calls` and `usd` (paid to providers)."""
        table = schema.evaluations.c
        with self._reading() as connection:
            count, failures, usd = connection.execute(
                select(
                    func.count(), func.count(table.error), func.sum(table.model_usd)
                ).select_from(schema.evaluations)
            ).one()
            calls = connection.execute(
                select(func.count()).select_from(schema.model_calls)
            ).scalar_one()
            index_paid = connection.execute(
                select(func.sum(schema.trials.c.index_paid_usd))
            ).scalar_one()
        return {
            "evaluations": int(count),
            "failures": int(failures),
            "model_calls": int(calls),
            "usd": float(usd or 0.0) + float(index_paid or 0.0),
        }

    def close(self) -> None:
        """Close every connection."""
        self._engine.dispose()


def _trial_row(row: Any) -> TrialRow:
    return TrialRow(**{**row, "state": TrialState(row["state"])})
