"""Runs the practice studies against the practice server, and checks that no trial failed.

How long they take is printed, not asserted.
"""

from __future__ import annotations

import csv
import os
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

from syftr_like.testing.model_server import ModelServer

STUDIES = {"agents_practice": 40, "judges_practice": 20}
PORT = 8765  # that of the studies' models

environment = {**os.environ, "OPENAI_API_KEY": "practice"}
optimize = Path(sys.executable).with_name("optimize")
with ModelServer(port=PORT):
    for study, planned in STUDIES.items():
        began = time.monotonic()
        done = subprocess.run(
            [optimize, f"studies/{study}.yaml", "--fresh"], env=environment, check=False
        )
        seconds = time.monotonic() - began
        assert done.returncode == 0, f"{study} ended with {done.returncode}"
        text = Path(f"runs/{study}/trials.csv").read_text(encoding="utf-8")
        trials = list(csv.DictReader(text.splitlines()))
        states = Counter(trial["state"] for trial in trials)
        assert len(trials) == planned, f"{study}: {len(trials)} trials, not {planned}"
        assert set(states) <= {"complete", "stopped"}, f"{study}: {states}"
        hopeless = [t["id"] for t in trials if t["failures"] == t["evaluations"]]
        assert not hopeless, f"{study}: every question failed in {', '.join(hopeless)}"
        failures = sum(int(trial["failures"]) for trial in trials)
        asked = sum(int(trial["evaluations"]) for trial in trials)
        print(
            f"{study}: {len(trials)} trials, none failed ({failures} of {asked} questions),"
            f" {seconds:.0f} s"
        )
