"""Checks what `make quickstart` left behind."""

from __future__ import annotations

import csv
import json
from pathlib import Path

import yaml
from mlflow import MlflowClient

run = Path("runs/quickstart")
front = json.loads((run / "front.json").read_text(encoding="utf-8"))
trials = list(csv.DictReader((run / "trials.csv").open(encoding="utf-8")))
assert len(trials) == 60, f"{len(trials)} trials, not 60"
assert all(trial["state"] == "complete" for trial in trials)
assert front["spent"]["usd"] == 0

answering = [member for member in front["front"] if member["params"].get("answer") != "abstain"]
assert len(answering) >= 4, f"only {len(answering)} front members beside always-abstain"
values = [member["holdout"]["answer_match"]["value"] for member in answering]
assert max(values) - min(values) >= 0.10, f"holdout answer_match spans {values}"
for member in front["front"]:
    yaml.safe_load((run / "flows" / f"{member['id']}.yaml").read_text(encoding="utf-8"))
for name in ("ledger.db", "report.html", "study.lock.yaml", "log.txt"):
    assert (run / name).stat().st_size > 0, name

client = MlflowClient("sqlite:///mlflow.db")
experiment = client.get_experiment_by_name("quickstart")
runs = client.search_runs([experiment.experiment_id], max_results=1000)
current = [r for r in runs if r.data.tags.get("superseded") != "true"]
assert sum(r.data.tags["syftr_like.kind"] == "trial" for r in current) == 60
assert sum(r.info.run_name == "summary" for r in current) == 1
pareto = {r.info.run_name for r in current if r.data.tags.get("pareto") == "true"}
assert pareto == {member["id"] for member in front["front"]}
print(
    f"quickstart: {len(trials)} trials, {len(front['front'])} on the front, holdout answer_match"
    f" {min(values):.3f} to {max(values):.3f}, {front['spent']['seconds']:.1f} s"
)
