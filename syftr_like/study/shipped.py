"""Studies that ship with the package."""

from __future__ import annotations

from importlib.resources import files
from pathlib import Path

from syftr_like.errors import InputError, nearest

_FOLDER = "syftr_like.studies"


def shipped_studies() -> dict[str, Path]:
    """Return name to path of every study that ships with the package."""
    folder = Path(str(files(_FOLDER)))
    return {path.stem: path for path in sorted(folder.glob("*.yaml"))}


def find_study(path: str | Path) -> Path:
    """Return the path of a study file, or of a shipped study by its name or file name.

    Raises:
        InputError: There is no such file, and no shipped study of that name.
    """
    given = Path(path)
    if given.exists():
        return given
    shipped = shipped_studies()
    asked = given.parts
    if given.stem in shipped and asked in ((given.stem,), (given.name,), ("studies", given.name)):
        return shipped[given.stem]
    beside = [str(p) for p in given.parent.glob("*.yaml")] if given.parent.is_dir() else []
    raise InputError(
        "the study file does not exist",
        found=str(path),
        expected=f"a study file, or a study that ships with syftr-like: {', '.join(shipped)}",
        nearest=nearest(str(path), [*beside, *shipped]),
    )
