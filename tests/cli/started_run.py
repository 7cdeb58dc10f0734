"""A study that runs in a process of its own, until it is stopped."""

from __future__ import annotations

import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from .conftest import OPTIMIZE

LONGEST_START_S = 120


def heed_interrupts() -> None:
    """Undo what a shell does to the commands that it runs in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@contextmanager
def started(folder: Path, *words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [OPTIMIZE, *words],
        cwd=folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
        preexec_fn=heed_interrupts,
    )
    try:
        yield process
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.communicate()


def wait_for_trials(folder: Path, wanted: int, process: subprocess.Popen[str]) -> None:
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline and process.poll() is None:
        if (folder / "runs/tiny/ledger.db").exists():
            try:
                if trial_states(folder).get("complete", 0) >= wanted:
                    return
            except sqlite3.OperationalError:
                pass  # the tables are not there yet
        time.sleep(0.05)
    process.kill()
    pytest.fail(f"no {wanted} trials were finished: {process.communicate()[0]}")


def trial_states(folder: Path) -> dict[str, int]:
    with closing(sqlite3.connect(folder / "runs/tiny/ledger.db")) as connection:
        return dict(connection.execute("SELECT state, count(*) FROM trials GROUP BY state"))
