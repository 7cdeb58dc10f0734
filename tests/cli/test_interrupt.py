"""Ctrl-C during a run: what was finished is kept, and the exit code says what happened."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path

import pytest

from .conftest import Optimize
from .started_run import started, trial_states, wait_for_trials

ENOUGH_TRIALS = 2


@pytest.mark.parametrize("workers", ["0", "1"], ids=["in this process", "on Ray"])
def test_an_interrupted_study_keeps_what_was_finished(
    workers: str, tiny: Path, optimize: Optimize
) -> None:
    words = ("study.yaml", "--workers", workers, "--trials", "100000")
    with started(tiny, *words) as process:
        wait_for_trials(tiny, ENOUGH_TRIALS, process)
        while_running = optimize("status", "tiny", "--json")
        told = optimize("status", "tiny").out

        # The terminal sends the signal to the whole group, workers included.
        os.killpg(process.pid, signal.SIGINT)
        printed, _ = process.communicate(timeout=60)

    assert process.returncode == 130
    assert "interrupted; what was finished is kept" in printed
    assert printed.splitlines()[-1] == (
        f"to go on: optimize study.yaml --trials 100000 --workers {workers}"
    )
    assert "Traceback" not in printed

    states = trial_states(tiny)
    assert states["complete"] >= ENOUGH_TRIALS
    assert "running" not in states

    assert while_running.code == 0
    before = json.loads(while_running.out)
    assert before["ended"] is None
    assert before["state"] == "running"
    assert before["process"] == {"process": process.pid, "host": socket.gethostname()}
    assert told.startswith(f"tiny: running (process {process.pid} on {socket.gethostname()})\n")
    assert before["trials"]["complete"] >= ENOUGH_TRIALS
    assert before["trials"]["wanted"] == 100_000

    afterwards = json.loads(optimize("status", "study.yaml", "--json").out)
    assert afterwards["ended"] == "interrupted"
    assert (afterwards["state"], afterwards["process"]) == ("interrupted", None)
    assert afterwards["trials"]["running"] == 0
    assert afterwards["trials"]["complete"] == states["complete"]

    front = json.loads((tiny / "runs/tiny/front.json").read_text(encoding="utf-8"))
    assert front["ended"] == "interrupted"
    assert front["front"]
