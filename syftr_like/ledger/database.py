"""The databases a ledger can live in: connecting, and setting an earlier study aside."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Engine, create_engine, event, inspect, make_url, text, update
from sqlalchemy.exc import ArgumentError

from syftr_like.errors import InputError, StudyError

from . import schema

LONGEST_SCHEMA_NAME = 63
"""Bytes of an identifier that PostgreSQL keeps."""


def check_schema_name(name: str) -> None:
    """Check that PostgreSQL will not cut a name short, and so take two for one.

    Raises:
        InputError: It would.
    """
    if len(name.encode()) > LONGEST_SCHEMA_NAME:
        raise InputError(
            "the study's name is too long for a ledger in PostgreSQL",
            found=name,
            expected=f"at most {LONGEST_SCHEMA_NAME} characters",
        )


def connect(url: str) -> Engine:
    """Return an engine for a URL; nothing is opened yet.

    Raises:
        InputError: The URL is malformed, or its database's driver is not installed.
    """
    try:
        address = make_url(url)
        if address.drivername == "postgresql":
            address = address.set(drivername="postgresql+psycopg")
        engine = create_engine(address)
    except (ArgumentError, ValueError) as error:  # a port that is no number
        raise InputError(
            "the address of the ledger is malformed",
            expected="sqlite:///path/ledger.db or postgresql+psycopg://user@host/database",
        ) from error
    except ImportError as error:
        raise InputError(
            "the ledger's database needs a driver that is not installed",
            found=str(error),
            expected="pip install 'syftr-like[postgresql]'",
        ) from error
    if engine.dialect.name == "sqlite":

        @event.listens_for(engine, "connect")
        def _configure(connection: Any, _record: object) -> None:
            cursor = connection.cursor()
            cursor.execute("PRAGMA journal_mode=WAL")
            cursor.execute("PRAGMA synchronous=NORMAL")
            cursor.execute("PRAGMA foreign_keys=ON")
            cursor.execute("PRAGMA busy_timeout=10000")
            cursor.close()

    return engine


def rename_schema(engine: Engine, study: str, name: str) -> None:
    """Give a study's schema in PostgreSQL another name; nothing where there is none.

    Raises:
        InputError: The name is too long.
        DBAPIError: The name is taken, or the database cannot be reached or written.
    """
    check_schema_name(name)
    with engine.begin() as connection:
        if study not in inspect(connection).get_schema_names():
            return
        connection.execute(update(schema.study).values(name=name))
        quote = connection.dialect.identifier_preparer.quote
        connection.execute(text(f"ALTER SCHEMA {quote(study)} RENAME TO {quote(name)}"))


def url_of_renamed(url: str, name: str) -> str:
    """Return where a study is found that `rename_file` or `rename_schema` set aside.

    Args:
        url: Where it was.
        name: The name that it was given.
    """
    address = make_url(url)
    if address.get_backend_name() != "sqlite" or not address.database:
        return url
    new = _renamed(Path(address.database), name)
    return address.set(database=str(new)).render_as_string(hide_password=False)


def _renamed(database: Path, name: str) -> Path:
    return database.with_name(f"{database.stem}.{name}{database.suffix}")


def rename_file(engine: Engine, name: str) -> None:
    """Rename an SQLite file `ledger.db` to `ledger.<name>.db`; nothing where there is none.

    Raises:
        StudyError: There is a file of that name.
        DBAPIError, OSError: The file cannot be written or renamed.
    """
    database = engine.url.database
    if not database or not Path(database).is_file():
        return
    old = Path(database)
    new = _renamed(old, name)
    if new.exists():
        raise StudyError(f"the ledger {old} is kept as it is: {new} exists already")
    with engine.begin() as connection:
        if inspect(connection).has_table(schema.study.name):
            connection.execute(update(schema.study).values(name=name))
    with engine.connect() as connection:
        # What the write-ahead log still holds must be in the file that is renamed.
        connection.execute(text("PRAGMA wal_checkpoint(TRUNCATE)"))
    engine.dispose()
    old.rename(new)
