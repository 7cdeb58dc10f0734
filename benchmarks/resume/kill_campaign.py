"""Kill a study's process at random moments, start it again each time, and look for what was lost.

    python benchmarks/resume/kill_campaign.py --folder /tmp/campaign

Each life of the study is the command that a person would type. It is ended by SIGKILL, which no
program can see coming, at a moment drawn evenly from a span of seconds. Every third span begins
with the process, so that some kills hit it while it loads or starts Ray; the others begin with the
first evaluation that the life commits. Then its ledger is read. What was committed before must be
there, to the letter (a row's time of finishing included: nothing was run again). The last life is
left alone; at its end there must be as many trials as asked for, each with an end of its own, the
questions up to its last rung answered, and the front evaluated on the holdout split. One more
life must find nothing to run and leave the same files.

Exit code 1 if anything of this does not hold. `results.json` has each kill and the end.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import platform
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from syftr_like.errors import StudyError
from syftr_like.ledger import Ledger
from syftr_like.results import TrialState

HERE = Path(__file__).parent
LONGEST_LIFE_S = 900

Rows = dict[tuple[int, str, str], Any]


class BrokenPromiseError(Exception):
    """Something was lost, run again, or left without an end."""


@dataclass(frozen=True)
class Kill:
    """One life that was ended.

    Attributes:
        after_s: When it was killed.
        counted_from: From when on: the life's `start`, or its `first evaluation`.
        trials: How many trials the ledger held then.
        states: How many of them in which state.
        evaluations: How many evaluations were committed.
        gained: How many of these in this life.
    """

    after_s: float
    counted_from: str
    trials: int
    states: dict[str, int]
    evaluations: int
    gained: int


@dataclass(frozen=True)
class Campaign:
    """A study, and where and how it is run."""

    study: str
    folder: Path
    trials: int
    workers: int
    settings: tuple[str, ...]

    @property
    def command(self) -> list[str]:
        """What a person would type."""
        options = ["--trials", str(self.trials), "--workers", str(self.workers)]
        for setting in ("tracking.mlflow=null", *self.settings):
            options += ["--set", setting]
        return [sys.executable, "-m", "syftr_like.cli.main", self.study, *options]

    @property
    def run(self) -> Path:
        """The run's folder."""
        (run,) = (self.folder / "runs").glob("[!.]*")
        return run

    def start(self) -> subprocess.Popen[bytes]:
        """Begin a life, in a process group of its own."""
        return subprocess.Popen(
            self.command,
            cwd=self.folder,
            stdout=(self.folder / "out.txt").open("ab"),
            stderr=subprocess.STDOUT,
            env=os.environ | {"OMP_NUM_THREADS": "1"},
            start_new_session=True,
        )

    def live(self) -> str:
        """Let it live to its end; return what it printed."""
        before = self._printed()
        with self.start() as process:
            code = process.wait(timeout=LONGEST_LIFE_S)
        printed = self._printed()[len(before) :]
        if code != 0:
            raise BrokenPromiseError(f"exit code {code}: {printed[-2000:]}")
        return printed

    def kill_after(self, seconds: float, *, beyond: int | None) -> None:
        """Let it live for some seconds, from its start or from more than so many evaluations on."""
        with self.start() as process:
            while beyond is not None and len(self.read()[0]) <= beyond and process.poll() is None:
                time.sleep(0.05)
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(timeout=seconds)
                raise BrokenPromiseError(
                    f"it had ended by itself (exit code {process.returncode}) before it was to be"
                    f" killed: {self._printed()[-2000:]}"
                )
            process.kill()
            process.wait()
            # What it had started dies with it, but in its own time.
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    def _printed(self) -> str:
        path = self.folder / "out.txt"
        return path.read_text(encoding="utf-8") if path.exists() else ""

    def read(self) -> tuple[Rows, Counter[str]]:
        """Return the committed evaluations, and the trials' states; nothing before it began."""
        found = list((self.folder / "runs").glob("*/ledger.db"))
        if not found:
            return {}, Counter()
        ledger = Ledger(f"sqlite:///{found[0]}", found[0].parent.name)
        try:
            if not ledger.exists():
                return {}, Counter()
            rows = {(r["trial"], r["split"], r["question"]): r for r in ledger.evaluations()}
            return rows, Counter(trial.state.value for trial in ledger.trials())
        except StudyError as error:  # killed while the tables were made
            if "no such table" in str(error):
                return {}, Counter()
            raise
        finally:
            ledger.close()


def compare(before: Rows, after: Rows) -> None:
    """Check that all that was committed is there, and is what it was.

    Raises:
        BrokenPromiseError: It is not.
    """
    lost = before.keys() - after.keys()
    if lost:
        raise BrokenPromiseError(f"{len(lost)} committed evaluations are gone: {sorted(lost)[:3]}")
    changed = [key for key, row in before.items() if after[key] != row]
    if changed:
        raise BrokenPromiseError(f"{len(changed)} evaluations were run again: {changed[:3]}")


def check_end(campaign: Campaign) -> dict[str, Any]:
    """Check the study at its end, and return facts about it.

    Raises:
        BrokenPromiseError: A trial is missing, has no end, or not the questions of its rungs.
    """
    run = campaign.run
    ledger = Ledger(f"sqlite:///{run / 'ledger.db'}", run.name)
    trials = ledger.trials()
    lock = ledger.study()["lock"]["dataset"]
    tune, holdout = ledger.evaluated("tune"), ledger.evaluated("holdout")
    rungs = {trial.number: ledger.rungs(trial.number) for trial in trials}
    ledger.close()
    front = [int(m["id"][1:]) for m in json.loads((run / "front.json").read_text())["front"]]
    if len(trials) != campaign.trials:
        raise BrokenPromiseError(f"{len(trials)} trials, and {campaign.trials} were asked for")
    for trial in trials:
        if not trial.state.settled:
            raise BrokenPromiseError(f"trial {trial.number} is left {trial.state.value}")
        reached = rungs[trial.number][-1].questions if rungs[trial.number] else 0
        if tune.get(trial.number, set()) != set(lock["tune"][:reached]):
            raise BrokenPromiseError(f"trial {trial.number} is not asked what its rungs say")
    unseen = [number for number in front if holdout.get(number) != set(lock["holdout"])]
    if not front or unseen:
        raise BrokenPromiseError(f"of the front {front}, {unseen} lack the holdout split")
    return {
        "trials": len(trials),
        "states": dict(Counter(trial.state.value for trial in trials)),
        "trials_started_more_than_once": sum(trial.starts > 1 for trial in trials),
        "failed": sum(trial.state is TrialState.FAILED for trial in trials),
        "front": len(front),
        "evaluations": sum(map(len, tune.values())) + sum(map(len, holdout.values())),
    }


def check_that_nothing_is_left(campaign: Campaign) -> None:
    """Run the finished study once more.

    Raises:
        BrokenPromiseError: It ran something, or its files are not what they were.
    """
    names = ("front.json", "trials.csv", "report.html")
    before, files = campaign.read()[0], [(campaign.run / n).read_bytes() for n in names]
    printed = campaign.live()
    if "nothing to run" not in printed:
        raise BrokenPromiseError(f"the finished study ran something: {printed[-2000:]}")
    after = campaign.read()[0]
    compare(before, after)
    differing = [
        name
        for name, was in zip(names, files, strict=True)
        if (campaign.run / name).read_bytes() != was
    ]
    if len(after) != len(before) or differing:
        raise BrokenPromiseError(f"the finished study was changed: {differing}")


def kill_again_and_again(campaign: Campaign, kills: int, seed: int, span: float) -> list[Kill]:
    """Kill the study so many times, each after a random time of at most `span` seconds.

    Raises:
        BrokenPromiseError: An evaluation was lost or run again.
    """
    chance = random.Random(seed)
    rows: Rows = {}
    record = []
    for number in range(kills):
        from_start = number % 3 == 0
        after_s = chance.uniform(0, span)
        campaign.kill_after(after_s, beyond=None if from_start else len(rows))
        now, states = campaign.read()
        compare(rows, now)
        record.append(
            Kill(
                round(after_s, 2),
                "start" if from_start else "first evaluation",
                states.total(),
                dict(states),
                len(now),
                len(now) - len(rows),
            )
        )
        print(record[-1], flush=True)
        rows = now
    campaign.live()
    compare(rows, campaign.read()[0])
    return record


def main() -> int:
    """Carry out a campaign."""
    parser = argparse.ArgumentParser(description="Kill a study again and again.")
    parser.add_argument("--study", default="quickstart")
    parser.add_argument("--folder", type=Path, required=True, help="an empty folder")
    parser.add_argument("--trials", type=int, default=120)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--set", dest="settings", action="append", default=["budget.minutes=null"])
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--span", type=float, default=8.0, help="seconds")
    parser.add_argument("--results", type=Path, default=HERE / "results.json")
    given = parser.parse_args()
    given.folder.mkdir(parents=True, exist_ok=True)
    campaign = Campaign(
        given.study, given.folder, given.trials, given.workers, tuple(given.settings)
    )
    try:
        record = kill_again_and_again(campaign, given.kills, given.seed, given.span)
        end = check_end(campaign)
        check_that_nothing_is_left(campaign)
    except BrokenPromiseError as broken:
        print(f"broken: {broken}")
        return 1
    results = {
        "study": Path(given.study).stem,
        "workers": given.workers,
        "seed": given.seed,
        "span_s": given.span,
        "machine": {"cores": os.cpu_count(), "python": platform.python_version()},
        "kills": [asdict(kill) for kill in record],
        "lost": 0,
        "run_again": 0,
        "end": end,
    }
    given.results.write_text(json.dumps(results, indent=1) + "\n", encoding="utf-8")
    print(f"{len(record)} kills; nothing was lost, nothing was run again; {end}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
