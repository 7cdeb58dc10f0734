"""The command line run in this process, in a folder of its own."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from syftr_like.cli.main import run_command

from ..study.tiny_study import write_tiny_study

OPTIMIZE = str(Path(sys.executable).with_name("optimize"))


@dataclass(frozen=True, slots=True)
class Outcome:
    code: int
    out: str
    err: str


Optimize = Callable[..., Outcome]


@pytest.fixture
def tiny(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The folder of a small study, which is the current directory."""
    monkeypatch.chdir(tmp_path)
    write_tiny_study(tmp_path)
    return tmp_path


@pytest.fixture
def optimize(capsys: pytest.CaptureFixture[str]) -> Optimize:
    """Run `optimize` with some words."""

    def run(*words: str) -> Outcome:
        capsys.readouterr()
        code = run_command(words)
        printed = capsys.readouterr()
        return Outcome(code, printed.out, printed.err)

    return run
