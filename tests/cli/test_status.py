"""`optimize status` tells a run that is worked on from one cut off and one that is done."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from syftr_like.cli.going_on import command_to_go_on, study_word
from syftr_like.study.run_folder import RunFolder
from syftr_like.study.shipped import shipped_studies

from .conftest import Optimize
from .held_run import held_run
from .started_run import started, wait_for_trials


def state(optimize: Optimize) -> tuple[str, object]:
    told = json.loads(optimize("status", "tiny", "--json").out)
    return told["state"], told["process"]


def test_a_run_that_is_done(tiny: Path, optimize: Optimize) -> None:
    assert optimize("study.yaml", "--trials", "2").code == 0

    assert state(optimize) == ("done", None)
    told = optimize("status", "tiny").out
    assert told.startswith("tiny: done, all 2 trials are done\n")
    assert "to go on" not in told
    assert not (tiny / "runs/tiny/.running").exists()


def test_a_killed_run_is_interrupted_and_can_be_gone_on_with(
    tiny: Path, optimize: Optimize
) -> None:
    with started(tiny, "study.yaml", "--workers", "0", "--trials", "100000") as process:
        wait_for_trials(tiny, 1, process)
        assert state(optimize)[0] == "running"
        os.killpg(process.pid, signal.SIGKILL)
        process.communicate()

    assert state(optimize) == ("interrupted", None)
    told = optimize("status", "study.yaml").out
    assert told.startswith("tiny: interrupted (it was killed or failed)\n")
    assert "to go on     optimize study.yaml, with the options" in told

    (tiny / "runs/tiny").rename(tiny / "runs/tiny.1")  # as --fresh does
    aside = optimize("status", "tiny.1").out
    assert aside.startswith("tiny.1: interrupted")
    assert "to go on" not in aside
    (tiny / "runs/tiny.1").rename(tiny / "runs/tiny")

    assert optimize("study.yaml", "--trials", "1").code == 0
    assert state(optimize) == ("done", None)


def test_looking_does_not_keep_a_run_from_being_begun(tiny: Path, optimize: Optimize) -> None:
    assert optimize("study.yaml", "--trials", "1").code == 0
    folder = RunFolder(tiny / "runs/tiny")
    before = {p.name: p.stat().st_mtime_ns for p in folder.path.iterdir() if p.name[0] == "."}

    assert not folder.is_held()

    assert {
        p.name: p.stat().st_mtime_ns for p in folder.path.iterdir() if p.name[0] == "."
    } == before
    folder.hold()
    assert RunFolder(folder.path).is_held()
    folder.release()
    assert not folder.is_held()


def test_a_run_that_is_only_mended_is_as_it_was(tiny: Path, optimize: Optimize) -> None:
    assert optimize("study.yaml", "--trials", "1").code == 0

    with held_run(tiny):
        assert state(optimize) == ("done", None)


def test_who_holds_a_run_is_not_told_from_what_a_killed_process_left(
    tiny: Path, optimize: Optimize
) -> None:
    assert optimize("study.yaml", "--trials", "1").code == 0
    (tiny / "runs/tiny/.running").write_text('{"process": 1, "host": "gone"}', encoding="utf-8")

    assert state(optimize) == ("done", None)
    with held_run(tiny):
        assert state(optimize) == ("done", None)


@pytest.mark.parametrize(
    ("given", "told"),
    [
        (("study.yaml", {}, (), ()), "optimize study.yaml"),
        (
            ("my study.yaml", {"--trials": "9"}, ("budget={usd: 1}", "seed=2"), ("acme",)),
            "optimize 'my study.yaml' --trials 9 --set 'budget={usd: 1}' --set seed=2"
            " --allow-import acme",
        ),
        (("status", {}, (), ()), "optimize run status"),
    ],
)
def test_the_command_to_go_on_can_be_typed_as_it_is(given: Any, told: str) -> None:
    assert command_to_go_on(*given) == told


def test_a_study_that_ships_goes_by_its_name() -> None:
    assert study_word(str(shipped_studies()["quickstart"])) == "quickstart"
    assert study_word("my/study.yaml") == "my/study.yaml"
