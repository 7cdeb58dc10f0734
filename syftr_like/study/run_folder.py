"""What a study leaves behind, `runs/<study>/`."""

from __future__ import annotations

from pathlib import Path

from filelock import FileLock, Timeout

from syftr_like.errors import InputError


class RunFolder:
    """The paths of one run.

    Attributes:
        path: The folder.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._lock_file = FileLock(path / ".lock")

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

        Raises:
            InputError: Another process is at it.
        """
        try:
            self._lock_file.acquire(blocking=False)
        except Timeout:
            raise InputError(
                f"another process is running the study '{self.path.name}'",
                found=str(self.path),
                expected="to wait until it has ended, or another name under `study:`",
            ) from None

    def release(self) -> None:
        """Let other processes work on the run."""
        self._lock_file.release(force=True)  # however often it was held


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
    except OSError as error:
        raise InputError(
            "the run's folder cannot be made",
            found=f"{folder.path}: {error.strerror or error}",
            expected=f"a folder '{runs}' that can be written to",
        ) from error
    return folder, renamed
