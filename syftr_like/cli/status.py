"""`optimize status`: how far a study is, read from its ledger, also while it runs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from syftr_like.errors import InputError, nearest

RUNS = Path("runs")


def print_status(study: str, as_json: bool) -> None:
    """Show the state of a run."""
    from syftr_like.ledger import Ledger
    from syftr_like.results import TrialState
    from syftr_like.study.run_folder import RunFolder

    name, url = _find_run(study)
    folder = RunFolder(RUNS / name)
    ledger = Ledger(url or folder.ledger_url, name)
    row = ledger.study()
    trials = ledger.trials()
    totals = ledger.totals()
    wanted = row["lock"]["study"]["search"]["trials"]
    status: dict[str, Any] = {
        "study": name,
        "ended": row["ended"] or None,
        "trials": {
            "wanted": wanted,
            **{s.value: sum(t.state is s for t in trials) for s in TrialState},
        },
        "evaluations": totals["evaluations"],
        "failures": totals["failures"],
        "model_calls": totals["model_calls"],
        "usd": totals["usd"],
        "folder": str(folder.path),
        "files": sorted(p.name for p in folder.path.iterdir() if p.is_file()),
    }
    ledger.close()
    if as_json:
        click.echo(json.dumps(status, indent=2))
        return
    counts = status["trials"]
    state = status["ended"] or "running, or stopped without an end"
    click.echo(f"{name}: {state}")
    click.echo(
        f"  trials       {counts['complete']} of {wanted} complete,"
        f" {counts['running']} running, {counts['interrupted']} interrupted"
    )
    click.echo(f"  evaluations  {status['evaluations']}, {status['failures']} failed")
    click.echo(f"  spent        ${status['usd']:.4f} in {status['model_calls']} model calls")
    click.echo(f"  folder       {folder.path}")


def _find_run(study: str) -> tuple[str, str | None]:
    """Return the name of a run and the ledger's address if its study names one."""
    import yaml

    name = study
    if study.endswith((".yaml", ".yml")):
        from syftr_like.study.loading import read_study_file
        from syftr_like.study.shipped import find_study

        name = read_study_file(find_study(study), {})[1].study
    lock = RUNS / name / "study.lock.yaml"
    if not lock.is_file():
        runs = [p.name for p in RUNS.glob("*/") if (p / "study.lock.yaml").is_file()]
        raise InputError(
            f"there is no run of '{name}' here",
            found=str(lock.parent),
            expected=f"one of: {', '.join(sorted(runs))}" if runs else "a study that was run",
            nearest=nearest(name, runs),
        )
    content = yaml.safe_load(lock.read_text(encoding="utf-8"))
    return name, content["study"].get("ledger")
