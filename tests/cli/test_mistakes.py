"""What people get wrong in a study or on the command line, and what they are told.

Each mistake is made in a study that is valid otherwise, and goes through the real entry point.
"""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from .conftest import Optimize
from .file_mistakes import FILE_MISTAKES
from .mistake import TRACKING, Mistake, change
from .study_mistakes import STUDY_MISTAKES

MISTAKES = STUDY_MISTAKES | FILE_MISTAKES
LEFT_BEHIND = ("runs", "mlflow.db", "mlartifacts", "mlruns")


@pytest.mark.parametrize("mistake", MISTAKES.values(), ids=MISTAKES)
def test_a_mistake_is_told_in_one_message_and_nothing_is_written(
    mistake: Mistake, tiny: Path, optimize: Optimize
) -> None:
    for edit in mistake.edits:
        edit(tiny)
    before = contents(tiny)

    outcome = optimize(*mistake.words)

    assert outcome.code == 2
    assert outcome.out == ""
    assert_one_message(outcome.err, mistake)
    assert contents(tiny) == before


def assert_one_message(err: str, mistake: Mistake) -> None:
    assert err.startswith(f"error: {mistake.at}"), err
    assert err.count("error:") == 1, err
    rest = err.removeprefix(f"error: {mistake.at}")
    for part in mistake.parts:
        assert part in rest, f"{part!r} is not in, or not in this order in:\n{err}"
        rest = rest.split(part, 1)[1]
    if mistake.meant is None:
        assert "did you mean" not in err or "qustion" in err
    else:
        assert f"did you mean '{mistake.meant}'?" in err
    assert "Traceback" not in err
    for jargon in ("pydantic", "Input should", "dictionary", "instance of", "NoneType", "hunter2"):
        assert jargon not in err


def assert_nothing_begun(folder: Path, before: dict[str, bytes]) -> None:
    assert contents(folder) == before
    # Nor is anything about to be written.
    assert not any(thread.name == "mlflow" for thread in threading.enumerate())


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else b""
        for path in folder.rglob("*")
    }


def test_what_is_left_of_an_earlier_run_is_not_overwritten(tiny: Path, optimize: Optimize) -> None:
    (tiny / "runs" / "tiny").mkdir(parents=True)
    (tiny / "runs" / "tiny" / "front.json").write_text("{}", encoding="utf-8")
    before = contents(tiny)

    outcome = optimize("study.yaml", *TRACKING)

    assert outcome.code == 2
    assert outcome.err.startswith("error: the ledger of the earlier run of 'tiny' is gone\n")
    assert "--fresh" in outcome.err
    assert_nothing_begun(tiny, before)


def test_a_runs_folder_that_cannot_be_made_is_a_mistake(tiny: Path, optimize: Optimize) -> None:
    (tiny / "runs").write_text("a file", encoding="utf-8")
    before = contents(tiny)

    outcome = optimize("study.yaml", *TRACKING)

    assert outcome.code == 2
    assert outcome.err.startswith("error: the run's folder cannot be made\n")
    assert "Not a directory" in outcome.err
    assert_nothing_begun(tiny, before)


def test_a_mistake_in_a_file_elsewhere_names_its_path_from_here(
    tiny: Path, optimize: Optimize, monkeypatch: pytest.MonkeyPatch
) -> None:
    change('"document": "pump"', '"document": "pumps"', "questions.jsonl")(tiny)
    (tiny / "elsewhere").mkdir()
    monkeypatch.chdir(tiny / "elsewhere")

    outcome = optimize("../study.yaml")

    assert outcome.err.startswith("error: ../questions.jsonl:3: 'evidence[0]' names")


def test_the_valid_study_of_this_table_has_no_mistake(tiny: Path, optimize: Optimize) -> None:
    outcome = optimize("lint", "study.yaml")

    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out.endswith("no mistakes found\n")
    assert not any((tiny / name).exists() for name in LEFT_BEHIND)
