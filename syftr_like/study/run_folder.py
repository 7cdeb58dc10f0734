"""What a study leaves behind, `runs/<study>/`."""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from syftr_like.errors import InputError

LONGEST_LOOK_S = 0.5
"""A run that is held for longer is being worked on; looking at it takes no time to speak of."""


@dataclass(frozen=True, slots=True)
class Holder:
    """The process that runs a study.

    Attributes:
        process: Its number.
        host: The machine that it is on.
    """

    process: int
    host: str

    def __str__(self) -> str:
        return f"process {self.process} on {self.host}"


class RunFolder:
    """The paths of one run, and who works on it.

    Attributes:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_file = FileLock(path / ".lock")
        self._holder = path / ".running"

    @property
    def ledger_url(self) -> str:
        """Address of the run's own ledger."""
        return f"sqlite:///{self.path.resolve() / 'ledger.db'}"

    @property
    def lock(self) -> Path:
        """The resolved study, versions and fingerprints."""
        return self.path / "study.lock.yaml"

    @property
    def log(self) -> Path:
        """What happened, line by line."""
        return self.path / "log.txt"

    @property
    def front(self) -> Path:
        """The front and the recommendation."""
        return self.path / "front.json"

    @property
    def trials(self) -> Path:
        """One row per trial."""
        return self.path / "trials.csv"

    @property
    def report(self) -> Path:
        """The report, one self-contained file."""
        return self.path / "report.html"

    @property
    def flows(self) -> Path:
        """One runnable flow file per front member."""
        return self.path / "flows"

    def hold(self) -> None:
        """Keep other processes from working on the run; the end of this process releases it.

        What an earlier holder said of itself is forgotten: it was killed.

        Raises:
            InputError: Another process is at it.
        """
        try:
            self._lock_file.acquire(timeout=LONGEST_LOOK_S, poll_interval=0.02)
        except Timeout:
            raise InputError(
                f"another process is running the study '{self.path.name}'",
                found=str(self.path),
                expected="to wait until it has ended, or another name under `study:`",
            ) from None
        self._holder.unlink(missing_ok=True)

    def tell_holder(self) -> None:
        """Say to who looks that this process runs the study; it holds the run."""
        holder = Holder(os.getpid(), socket.gethostname())
        self._holder.write_text(json.dumps(asdict(holder)), encoding="utf-8")

    def release(self) -> None:
        """Let other processes work on the run."""
        if self._lock_file.is_locked:
            self._holder.unlink(missing_ok=True)
        self._lock_file.release(force=True)  # however often it was held

    def is_held(self) -> bool:
        """Whether a process works on the run. Looking writes nothing and disturbs none."""
        lock = Path(self._lock_file.lock_file)
        return lock.is_file() and not _is_free(lock)

    def holder(self) -> Holder | None:
        """Return the process that holds the run, None where it has not said."""
        try:
            said = json.loads(self._holder.read_text(encoding="utf-8"))
            return Holder(said["process"], said["host"])
        except (FileNotFoundError, ValueError):  # not yet, or just being written
            return None


if sys.platform == "win32":

    def _is_free(lock: Path) -> bool:
        try:
            with FileLock(lock).acquire(blocking=False):
                return True
        except Timeout:
            return False

else:
    import fcntl

    def _is_free(lock: Path) -> bool:
        # Opened for reading only, so that the runs of others can be looked at.
        with lock.open("rb") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                return False
            return True


def next_free_name(runs: Path, study: str) -> str:
    """Return the first free name `<study>.<n>`."""
    n = 1
    while (runs / f"{study}.{n}").exists():
        n += 1
    return f"{study}.{n}"


def open_run(runs: Path, study: str, *, fresh: bool) -> tuple[RunFolder, str | None]:
    """Return the folder of a study's run, held by this process; made where there is none.

    Args:
        runs: The folder of all runs.
        study: The study's name.
        fresh: Whether an earlier run is renamed to `<study>.<n>` and kept.

    Returns:
        The folder, and the name that an earlier run was given.

    Raises:
        InputError: Another process is at the run, or the folder cannot be made.
    """
    folder = RunFolder(runs / study)
    renamed = None
    try:
        if folder.path.exists():
            folder.hold()
            if fresh:
                renamed = next_free_name(runs, study)
                folder.path.rename(runs / renamed)
                folder.release()
                folder = RunFolder(runs / study)
        folder.flows.mkdir(parents=True, exist_ok=True)
        folder.hold()
        folder.tell_holder()
    except OSError as error:
        raise InputError(
            "the run's folder cannot be made",
            found=f"{folder.path}: {error.strerror or error}",
            expected=f"a folder '{runs}' that can be written to",
        ) from error
    return folder, renamed
