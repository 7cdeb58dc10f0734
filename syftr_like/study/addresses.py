"""Addresses of databases, servers and places in a study: checked, and found from anywhere.

A ledger's file and the cache's folder are relative to the study file that names them, so that a
study goes on with them wherever it is run from; those of a command line or a program are relative
to the current directory, as any other path there. MLflow's address stays as it is: its default
lies beside `runs/`, where `mlflow ui` is started.
"""

from __future__ import annotations

import os
from collections.abc import Collection
from pathlib import Path as FilePath
from typing import Any
from urllib.parse import SplitResult, parse_qsl, urlsplit

from syftr_like.cache import LOCAL_SCHEMES
from syftr_like.errors import InputError, nearest
from syftr_like.yaml_source import YamlSource

from .model import StudyFile

LEDGER_SCHEMES = ("sqlite", "postgresql+psycopg", "postgresql")
MLFLOW_SCHEMES = ("sqlite", "postgresql", "mysql", "mssql", "http", "https", "databricks")

_SECRETS = frozenset({"password", "passwd", "pwd", "token", "sslpassword"})

Path = tuple[str | int, ...]


def check_addresses(file: StudyFile, source: YamlSource) -> None:
    """Check the ledger's and MLflow's address.

    Raises:
        InputError: An unknown scheme, no host or file, a database whose driver is not installed,
            or a password, which would end up in the run's files.
    """
    if file.ledger is not None:
        path: Path = ("ledger",)
        _check(file.ledger, path, LEDGER_SCHEMES, "PGPASSWORD", source)
        _check_driver(file.ledger, path, source)
    place = file.cache.place
    if place is not None and "://" in place and holds_password(urlsplit(place)):
        raise _password_error(place.partition("://")[0], ("cache", "place"), source, None)
    mlflow = file.tracking.mlflow
    if mlflow is not None and mlflow != "databricks":
        _check(mlflow, ("tracking", "mlflow"), MLFLOW_SCHEMES, "MLFLOW_TRACKING_PASSWORD", source)


def with_absolute_places(file: StudyFile, base: FilePath, replaced: Collection[str]) -> StudyFile:
    """Return a study whose ledger and cache do not depend on the current directory.

    Args:
        file: The study; its addresses are checked.
        base: The folder of the study file.
        replaced: Dotted keys that do not come from the study file.
    """
    ledger, place = file.ledger, file.cache.place
    database = sqlite_file(ledger) if ledger is not None else None
    if ledger is not None and database is not None:
        start = FilePath() if "ledger" in replaced else base
        ledger = _sqlite_address(ledger, _absolute(start, database))
    if place is not None:
        scheme = next((s for s in LOCAL_SCHEMES if place.startswith(s)), "")
        if scheme or "://" not in place:
            start = FilePath() if {"cache", "cache.place"} & set(replaced) else base
            place = scheme + _absolute(start, place.removeprefix(scheme))
    cache = file.cache.model_copy(update={"place": place})
    return file.model_copy(update={"ledger": ledger, "cache": cache})


def check_ledger_file(file: StudyFile, source: YamlSource) -> None:
    """Check that a ledger's file is one, or can be made.

    Args:
        file: The study, its places absolute.
        source: Where it was read.

    Raises:
        InputError: Its folder is not there or cannot be written to, or something else than a
            database stands there.
    """
    database = sqlite_file(file.ledger) if file.ledger is not None else None
    if database is None:
        return
    path, folder = FilePath(database), FilePath(database).parent
    problem = None
    if not folder.is_dir():
        problem = "the folder of the ledger is not there"
    elif path.is_dir():
        problem = "the ledger is a folder"
    elif path.exists() and not _is_sqlite(path):
        problem = "the ledger is a file of another kind"
    elif not os.access(folder, os.W_OK | os.X_OK) or (
        path.exists() and not os.access(path, os.W_OK)
    ):
        problem = "the ledger cannot be written to"
    if problem is not None:
        raise source.error(
            ("ledger",),
            problem,
            found=database,
            expected="sqlite:///folder/name.db in a folder that is there and can be written to,"
            " with four slashes for an absolute path",
        )


def sqlite_file(address: str) -> str | None:
    """Return the file of an SQLite address, None where it is that of a server."""
    url = _parsed(address)
    if url.get_backend_name() != "sqlite" or not url.database:
        return None
    # A name that is a URI itself is SQLite's matter.
    return None if url.database.startswith("file:") else url.database


def _sqlite_address(address: str, database: str) -> str:
    """Return an SQLite address with another file in it, as readable as it can be."""
    head, mark, options = address.partition("?")
    plain = f"{head.partition(':///')[0]}:///{database}{mark}{options}"
    if "?" not in database and _parsed(plain).database == database:
        return plain
    # It has characters that mean something in an address.
    return str(_parsed(address).set(database=database).render_as_string(hide_password=False))


def _parsed(address: str) -> Any:
    from syftr_like.ledger.database import connect

    return connect(address).url  # nothing is opened


def _absolute(start: FilePath, path: str) -> str:
    return path if FilePath(path).is_absolute() else os.path.normpath(start.resolve() / path)


def _is_sqlite(path: FilePath) -> bool:
    """Whether a file can be taken for a database; one that cannot be read is told otherwise."""
    try:
        with path.open("rb") as file:
            return file.read(16) in (b"", b"SQLite format 3\0")
    except OSError:
        return True


def _check(
    address: str, path: Path, schemes: tuple[str, ...], variable: str, source: YamlSource
) -> None:
    scheme, separator, rest = address.partition("://")
    shown = f"{scheme}://..." if separator else None
    if not separator or not (scheme in schemes or scheme.split("+")[0] in schemes):
        meant = nearest(scheme, schemes)
        raise source.error(
            path,
            "this is not an address that can be used here",
            # What stands behind an unknown scheme may hold a password as well.
            found=shown if "@" in rest else None,
            expected=f"an address that starts with {', '.join(map(_start, schemes))}",
            nearest=f"{_start(meant)}..." if meant else None,
        )
    try:
        parts = urlsplit(address)
        parts.port  # noqa: B018  # reading it checks it
    except ValueError as error:
        raise source.error(
            path,
            "the address is malformed",
            found=shown,
            expected=f"{_start(scheme)}host:port, special characters percent-encoded",
        ) from error
    if holds_password(parts):
        raise _password_error(scheme, path, source, variable)
    _check_target(address, parts, path, source)


def holds_password(parts: SplitResult) -> bool:
    """Whether an address has a password or a token in it."""
    secret = any(key.lower() in _SECRETS for key, _ in parse_qsl(parts.query))
    return bool(parts.password) or secret


def _password_error(
    scheme: str, path: Path, source: YamlSource, variable: str | None
) -> InputError:
    place = f"the environment variable {variable}" if variable else "credentials of the environment"
    return source.error(
        path,
        "the address holds a password, which would end up in the run's files",
        found=f"{scheme}://...",
        expected=f"an address without it, and {place}",
    )


def _check_target(address: str, parts: SplitResult, path: Path, source: YamlSource) -> None:
    if parts.scheme.split("+")[0] == "sqlite":
        if parts.netloc or parts.path.strip("/") in ("", ":memory:"):
            raise source.error(
                path,
                "the address names no file",
                found=address,
                expected="sqlite:///folder/name.db, with four slashes for an absolute path",
            )
    elif not parts.netloc:
        raise source.error(
            path, "the address names no host", found=address, expected=f"{parts.scheme}://host..."
        )


def _check_driver(address: str, path: Path, source: YamlSource) -> None:
    try:
        _parsed(address)
    except InputError as error:
        raise source.error(
            path, error.problem, found=error.found, expected=error.expected
        ) from error


def _start(scheme: str) -> str:
    """Return how an address of a scheme begins."""
    return f"{scheme}:///" if scheme == "sqlite" else f"{scheme}://"
