"""Checks what `make quickstart` left behind, and that a second run finds nothing to do."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections import Counter
from pathlib import Path

import yaml
from mlflow import MlflowClient

TRIALS = 100

run = Path("runs/quickstart")
front = json.loads((run / "front.json").read_text(encoding="utf-8"))
trials = list(csv.DictReader((run / "trials.csv").open(encoding="utf-8")))
states = Counter(trial["state"] for trial in trials)
assert len(trials) == TRIALS, f"{len(trials)} trials, not {TRIALS}"
assert set(states) == {"complete", "stopped"}, states
assert front["spent"]["usd"] == 0
assert front["spent"]["evaluations"] < TRIALS * 125 / 2, "early stopping saved too little"

# Latency and CPU time are measured, so that the front differs from run to run.
answering = [member for member in front["front"] if member["params"].get("answer") != "abstain"]
assert len(answering) >= 2, f"only {len(answering)} front members beside always-abstain"
values = [member["holdout"]["answer_match"]["value"] for member in answering]
assert max(values) >= 0.35, f"holdout answer_match {values}, and .205 for always abstaining"
for member in front["front"]:
    yaml.safe_load((run / "flows" / f"{member['id']}.yaml").read_text(encoding="utf-8"))
for name in ("ledger.db", "report.html", "study.lock.yaml", "log.txt"):
    assert (run / name).stat().st_size > 0, name

client = MlflowClient("sqlite:///mlflow.db")
experiment = client.get_experiment_by_name("quickstart")
runs = client.search_runs([experiment.experiment_id], max_results=1000)
current = [r for r in runs if r.data.tags.get("superseded") != "true"]
assert sum(r.data.tags["syftr_like.kind"] == "trial" for r in current) == TRIALS
assert sum(r.info.run_name == "summary" for r in current) == 1
pareto = {r.info.run_name for r in current if r.data.tags.get("pareto") == "true"}
assert pareto == {member["id"] for member in front["front"]}

again = subprocess.run(
    [Path(sys.executable).with_name("optimize"), "studies/quickstart.yaml"],
    capture_output=True, text=True, check=True,
)  # fmt: skip
assert "nothing to run" in again.stdout, again.stdout
assert json.loads((run / "front.json").read_text(encoding="utf-8")) == front
print(
    f"quickstart: {len(trials)} trials, {states['complete']} complete, {len(front['front'])} on the"
    f" front, holdout answer_match {min(values):.3f} to {max(values):.3f},"
    f" {front['spent']['seconds']:.1f} s; a second run found nothing to do"
)
