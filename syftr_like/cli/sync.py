"""`optimize status --sync`: MLflow made again, or mended, from the ledger."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from syftr_like.errors import InputError


def sync_study(folder: Path, study_file: Path | None, address: str | None) -> None:
    """Make the MLflow experiment of a run what its ledger says.

    Args:
        folder: The run's folder.
        study_file: The study file, when the command named it: its dataset is found beside it.
        address: MLflow's tracking address; that of the study when not given.

    Raises:
        InputError: The study is running or not tracked, or a file of the run is gone.
        StudyError: MLflow or the ledger cannot be reached.
    """
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")

    from syftr_like.report.numbers import counted
    from syftr_like.study.reading import read_run
    from syftr_like.study.tracked import tracked_again
    from syftr_like.tracking import sync

    if address is not None:
        _check_address(address)
    with _alone(folder):
        run = read_run(folder)
        try:
            target = address or run.file.tracking.mlflow
            if target is None:
                raise InputError(
                    "the study is not tracked",
                    found="mlflow: null",
                    expected="--mlflow ADDRESS, such as sqlite:///mlflow.db",
                )
            source = None
            try:
                source = tracked_again(run, study_file.parent if study_file is not None else None)
            except InputError as error:
                click.echo(f"warning: {error}", err=True)
                click.echo(
                    "without its dataset runs have no tables, traces, datasets and models", err=True
                )
            changes = sync(run.result, source, run.ledger, run.folder.path, target)
        finally:
            run.ledger.close()
    done = counted(changes, "change") if changes else "nothing was missing"
    click.echo(f"MLflow at {target}: {done}")


def _check_address(address: str) -> None:
    from urllib.parse import urlsplit

    from syftr_like.study.addresses import holds_password

    try:
        secret = holds_password(urlsplit(address))
    except ValueError as error:
        raise InputError("the address is malformed", found="--mlflow ...") from error
    if secret:
        raise InputError(
            "an address with a password in it is not used",
            found="--mlflow with a password",
            expected="the password in the environment, as MLFLOW_TRACKING_PASSWORD",
        )


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Hold a run, so that no session of it writes the same runs of MLflow meanwhile.

    A run of MLflow whose points differ is replaced, and the tracker of a session would write on to
    the one that is gone.

    Raises:
        InputError: A session is at it, or another sync; or its folder cannot be written to.
    """
    from syftr_like.study.run_folder import RunFolder

    run = RunFolder(folder)
    try:
        run.hold()
    except InputError as error:
        raise InputError(
            f"the study '{folder.name}' is running, and writes to MLflow itself",
            found=str(folder),
            expected=f"to wait until it has ended; `optimize status {folder.name}` tells how far"
            " it is",
        ) from error
    except OSError as error:
        raise InputError(
            "the run's folder cannot be locked",
            found=f"{folder}: {error.strerror or error}",
            expected="a folder that can be written to",
        ) from error
    try:
        yield
    finally:
        run.release()
