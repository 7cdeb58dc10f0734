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
    if given.is_file():
        return given
    shipped = shipped_studies()
    asked = given.parts
    if given.stem in shipped and asked in ((given.stem,), (given.name,), ("studies", given.name)):
        return shipped[given.stem]
    is_folder = given.is_dir()
    raise InputError(
        "this is a folder, not a study file" if is_folder else "there is no such study file",
        found=str(path),
        expected=f"a study file, or a study that ships with syftr-like: {', '.join(shipped)}",
        nearest=None if is_folder else nearest(str(path), [*_beside(given), *shipped]),
    )


def _beside(given: Path) -> list[str]:
    """Return the YAML files in the folder of a path."""
    folder = given.parent
    if not folder.is_dir():
        return []
    return [str(path) for path in folder.iterdir() if path.suffix in (".yaml", ".yml")]
