"""A run that a process of its own works on, as far as others can tell."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

PROGRAM = (
    "import sys; from pathlib import Path; from syftr_like.study.run_folder import RunFolder;"
    "run = RunFolder(Path('runs/tiny')); run.hold(); print('held', flush=True);"
    "sys.stdin.read()"
)


@contextmanager
def held_run(folder: Path) -> Iterator[None]:
    """The run `tiny` below a folder, held until the other process is killed."""
    with subprocess.Popen(
        [sys.executable, "-c", PROGRAM], cwd=folder, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as other:  # fmt: skip
        assert other.stdout is not None
        assert other.stdout.readline() == "held\n"
        try:
            yield
        finally:
            other.kill()
            other.wait()
