"""Output that is not read to its end (`| head -1`): the command ends, and says nothing about it."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from .conftest import OPTIMIZE, Optimize


def unread(folder: Path, *words: str) -> tuple[int, str]:
    """Run `optimize` with a standard output that nobody reads; exit code and complaints."""
    with subprocess.Popen(
        [OPTIMIZE, *words],
        cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
    ) as process:  # fmt: skip
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        complaints = process.stderr.read()
        return process.wait(timeout=120), complaints


@pytest.mark.parametrize("words", [("components",), ("schema", "study"), ("--help",)], ids=str)
def test_a_listing(tmp_path: Path, words: tuple[str, ...]) -> None:
    assert unread(tmp_path, *words) == (141, "")


def test_what_is_told_of_a_run(tiny: Path, optimize: Optimize) -> None:
    assert optimize("study.yaml", "--trials", "1").code == 0

    assert unread(tiny, "status", "tiny") == (141, "")
    assert unread(tiny, "reprice", "tiny", "--usd-per-cpu-hour", "1") == (141, "")


def test_a_study_stops_and_can_be_gone_on_with(tiny: Path, optimize: Optimize) -> None:
    code, complaints = unread(tiny, "study.yaml", "--workers", "0", "--trials", "20")

    assert (code, complaints) == (141, "")
    assert optimize("study.yaml", "--trials", "20").code == 0


def test_a_mistake_is_told_all_the_same(tmp_path: Path) -> None:
    code, complaints = unread(tmp_path, "statsu")

    assert code == 2
    assert complaints.startswith("error: there is no command")
