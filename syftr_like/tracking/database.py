"""MLflow's database where it is an SQLite file: made so that it can be read while it is written."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

_PREFIX = "sqlite:///"


def prepare_database(address: str) -> None:
    """Make the file of an SQLite address with a write-ahead log, if there is none yet.

    A commit then takes a quarter of the time, and `mlflow ui` does not stop the study's writes.
    A database that is there already stays as it is. Nothing is done for other addresses.
    """
    path = Path(address.removeprefix(_PREFIX))
    if not address.startswith(_PREFIX) or path.exists() or not path.parent.is_dir():
        return
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode=WAL")


def settle_database(address: str) -> None:
    """Bring what a write-ahead log still holds into the file itself, so that it can be copied."""
    path = Path(address.removeprefix(_PREFIX))
    if address.startswith(_PREFIX) and path.exists():
        with closing(sqlite3.connect(path, timeout=5.0)) as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
