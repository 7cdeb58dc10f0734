"""What `optimize lint` and `optimize plan` say of an earlier run, and that they leave it alone."""

from __future__ import annotations

import json
import os
import shutil
import signal
import sqlite3
import subprocess
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from syftr_like.study.earlier_run import EarlierRun, Standing

from .conftest import OPTIMIZE, Optimize
from .held_run import held_run
from .test_continuing import change, digest, run_in

GPUS = pytest.mark.skipif(shutil.which("nvidia-smi") is not None, reason="there may be a GPU")


@pytest.fixture(scope="module")
def run_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return run_in(tmp_path_factory.mktemp("ran"))


@pytest.fixture
def ran(run_once: Path, tiny: Path) -> Path:
    """The folder of a study of four trials that was run."""
    shutil.copytree(run_once, tiny, dirs_exist_ok=True)
    return tiny


@pytest.fixture
def told(optimize: Optimize) -> Callable[..., str]:
    """What lint says of the earlier run; the study itself has no mistake."""

    def lint(*settings: str) -> str:
        words = [word for setting in settings for word in ("--set", setting)]
        outcome = optimize("lint", "study.yaml", *words)
        assert (outcome.code, outcome.err) == (0, "")
        assert outcome.out.endswith("\nno mistakes found\n")
        _, _, said = outcome.out.partition("\nrun ")
        return said.removesuffix("no mistakes found\n").strip()

    return lint


Told = Callable[..., str]


def test_without_one_nothing_is_said(tiny: Path, told: Told) -> None:
    assert told() == ""


def test_one_that_is_done(ran: Path, told: Told) -> None:
    assert told() == "runs/tiny: all 4 trials done; nothing to do"
    assert told("search.trials=2") == (
        "runs/tiny: all 4 trials done (2 asked for now); nothing to do"
    )


def test_one_that_goes_on(ran: Path, told: Told) -> None:
    assert told("search.trials=9") == "runs/tiny: 4 of 9 trials; goes on"


@pytest.mark.parametrize(
    ("apply", "said"),
    [
        (
            change("int: [1, 4]", "int: [1, 6]", "space.yaml"),
            "the search space has changed (--extend or --fresh)",
        ),
        (
            change("tracking:", "metrics: [retrieval_ndcg]\ntracking:"),
            "the metrics have changed (--fresh)",
        ),
        (
            lambda folder: (
                change("int: [1, 4]", "int: [1, 6]", "space.yaml")(folder),
                change("seed: 1}", "seed: 2}")(folder),
            ),
            "the division of the questions and the search space have changed (--fresh)",
        ),
    ],
    ids=["space", "metrics", "both"],
)
def test_one_that_cannot_be_continued_is_no_mistake_of_the_study(
    apply: Callable[[Path], object], said: str, ran: Path, told: Told, optimize: Optimize
) -> None:
    apply(ran)
    assert told() == f"runs/tiny cannot be continued: {said}"
    assert optimize("study.yaml").code == 2, "and the run thinks so too"


def test_one_whose_budget_is_used_up(ran: Path, told: Told, optimize: Optimize) -> None:
    small = "budget.minutes=0.00001"
    assert told("search.trials=9", small) == (
        "runs/tiny: 4 of 9 trials; the budget of 1e-05 minutes is used up, a larger one goes on"
    )
    assert optimize("study.yaml", "--trials", "9", "--set", small).code == 0
    assert told("search.trials=9") == "runs/tiny: 4 of 9 trials; goes on"


def test_one_whose_budget_had_no_room_for_a_trial(
    tiny: Path, told: Told, optimize: Optimize
) -> None:
    assert optimize("study.yaml", "--max-usd", "1").code == 0
    with closing(sqlite3.connect(tiny / "runs/tiny/ledger.db")) as connection, connection:
        connection.execute("UPDATE trials SET state = 'interrupted' WHERE number = 3")
    refused = "runs/tiny: 4 of 4 trials; the budget had no room for the rest, a larger one goes on"
    assert told("budget.usd=1") == refused
    assert told("budget.usd=1", "search.trials=5") == "runs/tiny: 4 of 5 trials; goes on"
    for more in ("budget.usd=2", "budget.usd=null"):
        assert told(more) == "runs/tiny: 4 of 4 trials begun; goes on"


def test_one_of_a_space_that_holds_no_more_flows(
    tiny: Path, told: Told, optimize: Optimize
) -> None:
    change("{float: [0.0, 0.6]}", "0.3", "space.yaml")(tiny)
    grid = ("search.method=grid", "search.trials=99")
    assert optimize("study.yaml", "--set", grid[0], "--set", grid[1]).code == 0
    assert told(*grid) == (
        "runs/tiny: 17 of 99 trials, every configuration of the space was tried; nothing to do"
    )


def test_one_whose_holdout_was_cut_short(ran: Path, told: Told) -> None:
    with closing(sqlite3.connect(ran / "runs/tiny/ledger.db")) as connection, connection:
        connection.execute("DELETE FROM evaluations WHERE split = 'holdout'")
    assert told() == "runs/tiny: 4 of 4 trials begun; goes on"


class TestOneThatCannotBeRead:
    def test_is_told_as_the_run_tells_it(self, ran: Path, told: Told, optimize: Optimize) -> None:
        for path in (ran / "runs/tiny").glob("ledger.db*"):
            path.write_bytes(b"no database" * 100)
        run = optimize("study.yaml")
        assert run.code == 1
        assert "cannot be read" in run.err
        assert told() == run.err.removeprefix("error: ").strip()

    def test_nor_is_a_missing_one_a_mistake(
        self, ran: Path, told: Told, optimize: Optimize
    ) -> None:
        for path in (ran / "runs/tiny").glob("ledger.db*"):
            path.unlink()
        run = optimize("study.yaml")
        assert run.code == 2
        assert told().split() == run.err.removeprefix("error: ").split()
        assert optimize("plan", "study.yaml").code == 0


@pytest.mark.parametrize("command", ["lint", "plan"])
def test_one_that_another_process_is_at_is_left_alone(
    command: str, ran: Path, optimize: Optimize, told: Told
) -> None:
    told()  # SQLite folds in what it had written beside the file when that run was copied
    with held_run(ran):
        before = digest(ran)
        assert optimize(command, "study.yaml", "--set", "search.trials=9").code == 0
        assert digest(ran) == before
        assert optimize("study.yaml").code == 2, "the other process still holds it"


def test_one_that_was_killed(tiny: Path, told: Told, optimize: Optimize) -> None:
    study = [OPTIMIZE, "study.yaml", "--trials", "5000"]
    ledger = tiny / "runs/tiny/ledger.db"
    with subprocess.Popen(study, cwd=tiny, stdout=subprocess.DEVNULL) as other:
        deadline = time.monotonic() + 60
        while _trials(ledger) < 3:
            assert time.monotonic() < deadline
            time.sleep(0.1)
        running = told("search.trials=5000")
        os.kill(other.pid, signal.SIGKILL)
    assert "of 5,000 trials, running now or cut off; goes on" in running
    trials = _trials(ledger)
    assert told("search.trials=5000").startswith(f"runs/tiny: {trials:,} of 5,000 trials, running")
    assert optimize("study.yaml", "--trials", str(trials)).code == 0
    assert told(f"search.trials={trials}").endswith("nothing to do")


def _trials(ledger: Path) -> int:
    if not ledger.is_file():
        return 0
    with closing(sqlite3.connect(ledger)) as connection:
        try:
            (count,) = connection.execute("SELECT count(*) FROM trials").fetchone()
        except sqlite3.OperationalError:  # not made yet
            return 0
    return int(count)


@pytest.mark.parametrize(
    ("trials", "said"), [(4, "all 4 trials done"), (9, "4 of 9 trials; goes on")]
)
def test_a_plan_says_it_too(trials: int, said: str, ran: Path, optimize: Optimize) -> None:
    words = ("plan", "study.yaml", "--set", f"search.trials={trials}")
    shown = " ".join(optimize(*words).out.split())
    assert f"earlier run runs/tiny: {said}" in shown
    assert "the figures are of the whole study, what was done included" in shown
    earlier = json.loads(optimize(*words, "--json").out)["earlier_run"]
    assert (earlier["folder"], earlier["trials"], earlier["wanted"]) == ("runs/tiny", 4, trials)
    assert earlier["standing"] == ("done" if trials == 4 else "goes on")


def test_a_plan_of_a_study_that_was_not_run_says_nothing(tiny: Path, optimize: Optimize) -> None:
    assert "earlier run" not in optimize("plan", "study.yaml").out
    assert json.loads(optimize("plan", "study.yaml", "--json").out)["earlier_run"] is None


def test_one_trial_is_said_in_the_singular() -> None:
    done = EarlierRun("runs/x", Standing.DONE, 1, 1, "")
    cut_off = EarlierRun("runs/x", Standing.GOES_ON, 1, 1, "interrupted")
    assert done.in_words() == "runs/x: the one trial done; nothing to do"
    assert cut_off.in_words() == "runs/x: 1 of 1 trial begun; goes on"


class TestResources:
    """What this machine lacks is told before the run tells it, and in the same words."""

    @pytest.mark.parametrize(
        "settings",
        [
            ("workers.cpus_per_trial=999",),
            ("workers.gpus_per_trial=1.5",),
            pytest.param(("workers.gpus_per_trial=1",), marks=GPUS),
        ],
        ids=" ".join,
    )
    @pytest.mark.parametrize("command", ["lint", "plan"])
    def test_too_much_is_refused(
        self, command: str, settings: tuple[str, ...], tiny: Path, optimize: Optimize
    ) -> None:
        words = [w for s in ("workers.count=1", *settings) for w in ("--set", s)]
        outcome = optimize(command, "study.yaml", *words)
        assert (outcome.code, outcome.out) == (2, "")
        assert outcome.err.startswith("error: no trial can run with workers.")
        assert outcome.err == optimize("study.yaml", *words).err

    @pytest.mark.parametrize(
        "settings", [("workers.count=0",), ("workers.count=1", "workers.ray_address=10.0.0.1:6379")]
    )
    def test_in_this_process_and_on_a_cluster_this_machine_does_not_count(
        self, settings: tuple[str, ...], tiny: Path, optimize: Optimize
    ) -> None:
        words = [w for s in ("workers.cpus_per_trial=999", *settings) for w in ("--set", s)]
        assert optimize("lint", "study.yaml", *words).code == 0
