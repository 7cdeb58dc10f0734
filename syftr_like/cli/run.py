"""`optimize run`."""

from __future__ import annotations

import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from typing import Any

import click

from syftr_like.execution.termination import sigterm_as_interrupt

from .going_on import command_to_go_on
from .main import EXIT_INTERRUPTED
from .settings import read_settings

FLAGS = {
    "trials": "search.trials",
    "max_usd": "budget.usd",
    "max_minutes": "budget.minutes",
    "workers": "workers.count",
    "ray_address": "workers.ray_address",
    "seed": "search.seed",
}
"""Options that are short for `--set`."""


@sigterm_as_interrupt()
def run_study(
    study: str,
    *,
    settings: tuple[str, ...],
    allow_imports: tuple[str, ...],
    fresh: bool,
    extend: bool,
    **flags: Any,
) -> None:
    """Run a study and show it."""
    overrides = read_settings(settings)
    given = {FLAGS[name]: value for name, value in flags.items() if value is not None}
    origins = {key: f"--{name.replace('_', '-')}" for name, key in FLAGS.items() if key in given}
    # Set before any of them is imported: they read it then.
    os.environ.setdefault("MLFLOW_DISABLE_TELEMETRY", "true")
    os.environ.setdefault("OMP_NUM_THREADS", "1")

    with _shown("reading the study, its space and its documents"):
        from syftr_like.report.terminal import TerminalView
        from syftr_like.study.loading import load_study
        from syftr_like.study.session import InterruptedStudyError, Session
        from syftr_like.study.tracked import tracked
        from syftr_like.tracking import open_tracker

        logging.getLogger("syftr_like").propagate = False
        loaded = load_study(study, overrides | given, allow_imports, origins=origins)
        view = TerminalView(loaded.header)
        tracker = open_tracker(loaded.file.tracking.mlflow, tracked(loaded))
        session = Session(
            loaded, fresh=fresh, extend=extend, observers=[view, *([tracker] if tracker else [])]
        )
    if session.renamed is not None:
        click.echo(f"the earlier run is kept as {session.folder.path.parent / session.renamed}")
    options = {f"--{name.replace('_', '-')}": flags[name] for name in FLAGS if flags[name]}
    go_on = f"to go on: {command_to_go_on(study, options, settings, allow_imports)}"
    with view:
        try:
            result = session.run()
        except InterruptedStudyError as interrupted:
            view.interrupted(interrupted.result, session.folder.path)
            click.echo(go_on)
            raise click.exceptions.Exit(EXIT_INTERRUPTED) from None
        except KeyboardInterrupt:  # before the first trial, or a second time
            click.echo(go_on, err=True)
            raise
        finally:
            if tracker is not None:
                tracker.close()
            session.ledger.close()  # else SQLite leaves its log beside the database
    view.finished(result, session.folder.path)
    if tracker is not None and tracker.error is not None:
        click.echo(f"warning: tracking in MLflow ended early: {tracker.error}", err=True)


@contextmanager
def _shown(text: str) -> Iterator[None]:
    """Say on a terminal what is going on until the study can show itself."""
    from rich.console import Console

    console = Console()
    with console.status(text) if console.is_terminal else nullcontext():
        yield
