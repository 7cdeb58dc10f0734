"""What is shown before a study can show anything of itself."""

from __future__ import annotations

import os
import pty
import subprocess
from pathlib import Path

from .conftest import OPTIMIZE


def on_a_terminal(folder: Path, *words: str) -> str:
    """Run `optimize` on a terminal of its own; what it shows."""
    ours, theirs = pty.openpty()
    with subprocess.Popen(
        [OPTIMIZE, *words], cwd=folder, stdin=theirs, stdout=theirs, stderr=theirs
    ) as process:
        os.close(theirs)
        shown = b""
        try:
            while part := os.read(ours, 4096):
                shown += part
        except OSError:  # Linux tells the end of a terminal so
            pass
        process.wait(timeout=60)
    os.close(ours)
    return shown.decode()


def test_a_terminal_says_from_the_first_moment_what_is_going_on(tiny: Path) -> None:
    shown = on_a_terminal(tiny, "study.yaml", "--workers", "0", "--trials", "1")

    assert "reading the study" in shown
    assert shown.index("reading the study") < shown.index("tiny:")
    assert "1 trial," in shown
