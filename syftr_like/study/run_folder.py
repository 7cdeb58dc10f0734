"""The folder that a study leaves behind, `runs/<study>/`."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from syftr_like.errors import InputError


@dataclass(frozen=True, slots=True)
class RunFolder:
    """The paths of one run."""

    path: Path

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


def next_free_name(runs: Path, study: str) -> str:
    """Return the first free name `<study>.<n>`."""
    n = 1
    while (runs / f"{study}.{n}").exists():
        n += 1
    return f"{study}.{n}"


def open_run(runs: Path, study: str, *, fresh: bool) -> tuple[RunFolder, str | None]:
    """Return the folder for a new run of a study; an earlier one is kept under another name.

    Args:
        runs: The folder of all runs.
        study: The study's name.
        fresh: Whether an earlier run is to be renamed to `<study>.<n>`.

    Returns:
        The folder, and the name that an earlier run was given.

    Raises:
        InputError: There is an earlier run and `fresh` is not set, or the folder cannot be made.
    """
    folder = RunFolder(runs / study)
    renamed = None
    if folder.path.exists():
        if not fresh:
            raise InputError(
                f"the study '{study}' was run before",
                found=str(folder.path),
                expected="--fresh, which renames the earlier run and starts anew, "
                "or another name under `study:`",
            )
        renamed = next_free_name(runs, study)
    try:
        if renamed is not None:
            folder.path.rename(runs / renamed)
        folder.flows.mkdir(parents=True)
    except OSError as error:
        raise InputError(
            "the run's folder cannot be made",
            found=f"{folder.path}: {error.strerror or error}",
            expected=f"a folder '{runs}' that can be written to",
        ) from error
    return folder, renamed
