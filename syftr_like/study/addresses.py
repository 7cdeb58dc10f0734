"""Addresses of databases and servers in a study: known schemes, and never a password."""

from __future__ import annotations

from urllib.parse import urlsplit

from syftr_like.errors import nearest
from syftr_like.yaml_source import YamlSource

from .model import StudyFile

LEDGER_SCHEMES = ("sqlite", "postgresql+psycopg", "postgresql")
MLFLOW_SCHEMES = ("sqlite", "postgresql", "mysql", "mssql", "http", "https", "databricks")


def check_addresses(file: StudyFile, source: YamlSource) -> None:
    """Check the ledger's and MLflow's address.

    Raises:
        InputError: An unknown scheme, or a password, which would end up in the run's files.
    """
    if file.ledger is not None:
        _check(file.ledger, ("ledger",), LEDGER_SCHEMES, "PGPASSWORD", source)
    if file.tracking.mlflow is not None:
        _check(
            file.tracking.mlflow,
            ("tracking", "mlflow"),
            MLFLOW_SCHEMES,
            "MLFLOW_TRACKING_PASSWORD",
            source,
        )


def _check(
    address: str,
    path: tuple[str | int, ...],
    schemes: tuple[str, ...],
    variable: str,
    source: YamlSource,
) -> None:
    scheme, separator, _ = address.partition("://")
    known = scheme in schemes or scheme.split("+")[0] in schemes
    if not known or (not separator and scheme != "databricks"):
        raise source.error(
            path,
            "this is not an address that can be used here",
            expected=f"an address that starts with {', '.join(f'{s}://' for s in schemes)}",
            nearest=nearest(scheme, schemes),
        )
    try:
        password = urlsplit(address).password
    except ValueError as error:
        raise source.error(path, f"the address is malformed: {error}") from error
    if password:
        raise source.error(
            path,
            "the address holds a password, which would end up in the run's files",
            found=f"{scheme}://...",
            expected=f"an address without it, and the environment variable {variable}",
        )
