"""Ctrl-C during a run: what was finished is kept, and the exit code says what happened."""

from __future__ import annotations

import json
import os
import signal
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from .conftest import OPTIMIZE, Optimize

LONGEST_START_S = 120
ENOUGH_TRIALS = 2


@pytest.mark.parametrize("workers", ["0", "1"], ids=["in this process", "on Ray"])
def test_an_interrupted_study_keeps_what_was_finished(
    workers: str, tiny: Path, optimize: Optimize
) -> None:
    words = ("study.yaml", "--workers", workers, "--trials", "100000")
    with started(tiny, *words) as process:
        wait_for_trials(tiny, ENOUGH_TRIALS, process)
        while_running = optimize("status", "tiny", "--json")

        # The terminal sends the signal to the whole group, workers included.
        os.killpg(process.pid, signal.SIGINT)
        printed, _ = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "interrupted; what was finished is kept" in printed
    assert "Traceback" not in printed

    states = trial_states(tiny)
    assert states["complete"] >= ENOUGH_TRIALS
    assert "running" not in states

    assert while_running.code == 0
    before = json.loads(while_running.out)
    assert before["ended"] is None
    assert before["trials"]["complete"] >= ENOUGH_TRIALS
    assert before["trials"]["wanted"] == 100_000

    afterwards = json.loads(optimize("status", "study.yaml", "--json").out)
    assert afterwards["ended"] == "interrupted"
    assert afterwards["trials"]["running"] == 0
    assert afterwards["trials"]["complete"] == states["complete"]

    front = json.loads((tiny / "runs/tiny/front.json").read_text(encoding="utf-8"))
    assert front["ended"] == "interrupted"
    assert front["front"]


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
