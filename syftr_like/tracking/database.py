"""MLflow's database, where its address is one: opened, and left as one file."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

from mlflow import MlflowClient
from mlflow.exceptions import MlflowException
from mlflow.store.db.utils import create_sqlalchemy_engine

_SQLITE = "sqlite:///"
_SERVERS = frozenset({"postgresql", "mysql", "mssql"})


def open_client(address: str) -> MlflowClient:
    """Return a client of a tracking address.

    Raises:
        MlflowException: The address is wrong, or its database cannot be opened.
    """
    try:
        _prepare(address)
        return MlflowClient(tracking_uri=address)
    except MlflowException:
        raise
    except Exception as error:  # MLflow lets through what the drivers of databases raise
        raise MlflowException(str(error)) from error


def settle_database(address: str) -> None:
    """Bring what a write-ahead log still holds into the file itself, so that it can be copied.

    Raises:
        MlflowException: The file cannot be written.
    """
    file = _file(address)
    if file is None or not file.exists():
        return
    try:
        with closing(sqlite3.connect(file, timeout=5.0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    except sqlite3.Error as error:
        raise MlflowException(str(error)) from error


def _prepare(address: str) -> None:
    """Reach the database of an address once: MLflow would try for minutes.

    A new SQLite file gets a write-ahead log: a commit then takes a quarter of the time, and
    `mlflow ui` does not stop the study's writes. One that is there already stays as it is.
    """
    file = _file(address)
    if file is not None and file.parent.is_dir():  # MLflow makes a folder that is not there
        new = not file.exists()
        with closing(sqlite3.connect(file, timeout=20.0)) as connection:
            connection.execute("PRAGMA journal_mode=WAL" if new else "PRAGMA schema_version")
    elif address.partition(":")[0].partition("+")[0] in _SERVERS:
        engine = create_sqlalchemy_engine(address)  # type: ignore[no-untyped-call]
        with engine.connect():
            pass
        engine.dispose()


def _file(address: str) -> Path | None:
    """Return the file of an SQLite address; None of another, or of one with options."""
    name = address.removeprefix(_SQLITE)
    if name == address or "?" in name:
        return None
    return Path(name)
