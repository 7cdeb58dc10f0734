"""`optimize status`: how far a study is, read from its ledger, also while it runs."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from syftr_like.errors import InputError, nearest

from .going_on import command_to_go_on, study_word

RUNS = Path("runs")


def print_status(study: str, as_json: bool) -> None:
    """Show the state of a run."""
    from syftr_like.results import TrialState
    from syftr_like.study.reading import open_ledger, read_lock
    from syftr_like.study.run_folder import RunFolder
    from syftr_like.study.run_state import INTERRUPTED, run_state

    path, file = find_run(study)
    folder = RunFolder(path)
    ledger = open_ledger(folder, read_lock(folder)[2])
    state = run_state(folder, ledger)
    row = ledger.study()
    trials = ledger.trials()
    totals = ledger.totals()
    wanted = row["lock"]["study"]["search"]["trials"]
    status: dict[str, Any] = {
        "study": path.name,
        "state": state.name,
        "process": asdict(state.holder) if state.holder is not None else None,
        "ended": row["ended"] or None,
        "trials": {
            "wanted": wanted,
            **{s.value: sum(t.state is s for t in trials) for s in TrialState},
        },
        "evaluations": totals["evaluations"],
        "failures": totals["failures"],
        "model_calls": totals["model_calls"],
        "cache_hits": totals["cache_hits"],
        "usd": totals["usd"],
        "folder": str(folder.path),
        "files": sorted(p.name for p in folder.path.iterdir() if p.is_file()),
    }
    ledger.close()
    if as_json:
        click.echo(json.dumps(status, indent=2))
        return
    counts = status["trials"]
    click.echo(f"{path.name}: {state}")
    outside = counts[TrialState.OUTSIDE.value]
    counted = len(trials) - outside
    of = f"of {wanted}" if counted <= wanted else f"({wanted} were asked for last)"
    standing = ", ".join(
        f"{counts[s.value]} {s.value}"
        for s in TrialState
        if counts[s.value] and s is not TrialState.OUTSIDE
    )
    click.echo(f"  trials       {counted} {of}: {standing or 'none yet'}")
    if outside:
        click.echo(f"  outside      {outside} more, of flows that the space does not hold any more")
    click.echo(f"  evaluations  {status['evaluations']}, {status['failures']} failed")
    click.echo(f"  spent        ${status['usd']:.4f} in {status['model_calls']} model calls")
    click.echo(f"  folder       {folder.path}")
    # One that was set aside by --fresh cannot be gone on with.
    if state.name == INTERRUPTED and path.resolve().name == row["lock"]["study"]["study"]:
        command = command_to_go_on(study_word(str(file or row["lock"]["file"])), {}, (), ())
        click.echo(f"  to go on     {command}, with the options that it was started with")


def find_run(study: str) -> tuple[Path, Path | None]:
    """Return the folder of a run, and the study file when that is what was named.

    Raises:
        InputError: There is no such run, or no such study.
    """
    name, file = study, None
    if study.endswith((".yaml", ".yml")):
        from syftr_like.study.loading import read_study_file
        from syftr_like.study.shipped import find_study

        file = find_study(study)
        name = read_study_file(file, {})[1].study
    folder = RUNS / name
    if not (folder / "study.lock.yaml").is_file():
        runs = [p.name for p in RUNS.glob("*/") if (p / "study.lock.yaml").is_file()]
        raise InputError(
            f"there is no run of '{name}' here",
            found=str(folder),
            expected=f"one of: {', '.join(sorted(runs))}" if runs else "a study that was run",
            nearest=nearest(name, runs),
        )
    return folder, file
