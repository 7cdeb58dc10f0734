"""Addresses of databases and servers in a study: known schemes, and never a password."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, urlsplit

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
    if place is not None and "://" in place and _holds_password(urlsplit(place)):
        raise _password_error(place.partition("://")[0], ("cache", "place"), source, None)
    mlflow = file.tracking.mlflow
    if mlflow is not None and mlflow != "databricks":
        _check(mlflow, ("tracking", "mlflow"), MLFLOW_SCHEMES, "MLFLOW_TRACKING_PASSWORD", source)


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
    if _holds_password(parts):
        raise _password_error(scheme, path, source, variable)
    _check_target(address, parts, path, source)


def _holds_password(parts: SplitResult) -> bool:
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
    from syftr_like.ledger.database import connect

    try:
        connect(address).dispose()  # nothing is opened
    except InputError as error:
        raise source.error(
            path, error.problem, found=error.found, expected=error.expected
        ) from error


def _start(scheme: str) -> str:
    """Return how an address of a scheme begins."""
    return f"{scheme}:///" if scheme == "sqlite" else f"{scheme}://"
