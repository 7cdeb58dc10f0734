"""SIGTERM at moments when no trial runs: while Ray starts, and while results are written."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from syftr_like.execution.termination import ray_starting, sigterm_as_interrupt

from ..study.tiny_study import write_tiny_study

LONGEST_START_S = 120

TERMINATED_AT_THE_END = """\
import os, signal
from syftr_like.cli.main import main
from syftr_like.study import session

session.write_files = lambda *_: os.kill(os.getpid(), signal.SIGTERM)
main()
"""


def started(folder: Path, *python: str) -> subprocess.Popen[str]:
    study = str(write_tiny_study(folder))
    return subprocess.Popen(
        [sys.executable, *python, study, "--workers", "1", "--trials", "2"],
        cwd=folder,
        env=os.environ | {"OMP_NUM_THREADS": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),
    )


def test_while_ray_starts_it_is_an_interruption_with_files(tmp_path: Path) -> None:
    process = started(tmp_path, "-m", "syftr_like.cli.main")
    log = tmp_path / "runs/tiny/log.txt"
    deadline = time.monotonic() + LONGEST_START_S
    while time.monotonic() < deadline and not (log.exists() and "searching" in log.read_text()):
        time.sleep(0.05)
    time.sleep(1.5)  # Ray is imported then, and starts; at any other moment it must end as well
    process.send_signal(signal.SIGTERM)
    printed, _ = process.communicate(timeout=120)
    assert process.returncode == 130, printed
    # Where the signal comes while the interpreter forks, it tells of that by itself.
    ours = re.sub(
        r"Exception ignored in: .*?^KeyboardInterrupt:?.*?$", "", printed, flags=re.M | re.S
    )
    assert "Traceback" not in ours, printed
    front = json.loads((tmp_path / "runs/tiny/front.json").read_text(encoding="utf-8"))
    assert front["ended"] == "interrupted"


def test_while_results_are_written_it_is_as_ctrl_c(tmp_path: Path) -> None:
    """Ray has run and ended before, and its handler with it."""
    process = started(tmp_path, "-c", TERMINATED_AT_THE_END)
    printed, _ = process.communicate(timeout=240)
    assert process.returncode == 130, printed
    assert printed.endswith("interrupted\n")


@pytest.fixture
def heeded() -> Iterator[None]:
    """Ctrl+C is heeded, also where the tests run in the background of a shell."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.usefixtures("heeded")
class TestHandlers:
    def test_it_interrupts_also_where_ctrl_c_is_ignored(self) -> None:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        with pytest.raises(KeyboardInterrupt), sigterm_as_interrupt():
            signal.raise_signal(signal.SIGTERM)

    def test_the_one_of_before_is_back_afterwards(self) -> None:
        before = signal.getsignal(signal.SIGTERM)
        with sigterm_as_interrupt():
            within = signal.getsignal(signal.SIGTERM)
            with pytest.raises(KeyboardInterrupt):
                signal.raise_signal(signal.SIGTERM)
            with ray_starting():
                signal.signal(signal.SIGTERM, signal.SIG_IGN)
            assert signal.getsignal(signal.SIGTERM) is within is not before
        assert signal.getsignal(signal.SIGTERM) is before

    @pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
    def test_what_comes_while_ray_forks_is_not_lost(self, sent: signal.Signals) -> None:
        """Python ignores what is raised when an object is forgotten, as in hooks around a fork."""

        class Forgotten:
            def __del__(self) -> None:
                with suppress(BaseException):
                    signal.raise_signal(sent)

        with pytest.raises(KeyboardInterrupt), sigterm_as_interrupt(), ray_starting():
            Forgotten()

    def test_what_ray_makes_of_it_is_an_interrupt_and_other_errors_stay(self) -> None:
        def start_as_ray_does() -> None:
            signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
            signal.raise_signal(signal.SIGTERM)

        with pytest.raises(KeyboardInterrupt), ray_starting():
            start_as_ray_does()
        with pytest.raises(ConnectionError), ray_starting():
            raise ConnectionError

    def test_in_another_thread_nothing_changes(self) -> None:
        seen: list[object] = []

        def look() -> None:
            with sigterm_as_interrupt(), ray_starting():
                seen.append(signal.getsignal(signal.SIGTERM))

        thread = threading.Thread(target=look)
        thread.start()
        thread.join()
        assert seen == [signal.getsignal(signal.SIGTERM)]
