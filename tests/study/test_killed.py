"""SIGKILL at random moments loses nothing: the campaign of benchmarks/resume, in short."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from .tiny_study import STUDY, write_tiny_study

CAMPAIGN = Path(__file__).parents[2] / "benchmarks" / "resume" / "kill_campaign.py"
TRIALS = 30


@pytest.mark.parametrize("workers", [0, 2], ids=["here", "ray"])
def test_a_study_that_is_killed_twice_loses_nothing_and_runs_nothing_again(
    tmp_path: Path, workers: int
) -> None:
    study = write_tiny_study(tmp_path, study=STUDY)
    results = tmp_path / "results.json"
    words = [
        "--study", str(study), "--folder", str(tmp_path / "campaign"), "--results", str(results),
        "--workers", str(workers), "--trials", str(TRIALS), "--kills", "2", "--span", "1.0",
        "--set", "dataset.split.tune=0.75", "--set", "dataset.split.holdout=0.25",
        "--set", "search.early_stopping={min_questions: 3, eta: 2}",
    ]  # fmt: skip
    done = subprocess.run(
        [sys.executable, str(CAMPAIGN), *words],
        cwd=tmp_path, capture_output=True, text=True, timeout=300, check=False,
    )  # fmt: skip

    assert done.returncode == 0, done.stdout + done.stderr
    found = json.loads(results.read_text(encoding="utf-8"))
    assert found["end"]["trials"] == TRIALS
    assert len(found["kills"]) == 2
    assert any(kill["gained"] > 0 for kill in found["kills"])
