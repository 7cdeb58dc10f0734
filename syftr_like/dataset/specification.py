"""What `documents:` and `questions:` of a study may say, and which file that means."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path

from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.source import Form
from syftr_like.errors import InputError, Location, nearest

TABLES = {".jsonl": Form.JSON_LINES, ".csv": Form.CSV, ".parquet": Form.PARQUET}
READABLE_FILES = (".md", ".txt", ".html", ".htm", ".pdf")
HUGGING_FACE_PREFIX = "hf:"
_GLOB = "*?["


@dataclass(frozen=True, slots=True)
class Specification:
    """A resolved specification.

    Attributes:
        spec: What the user wrote.
        form: How it is to be read.
        path: The file or folder; for Hugging Face the folder that paths are relative to.
        pattern: Glob pattern below `path`, "" for none.
        fragment: What stood behind `#`, "" for nothing.
    """

    spec: str
    form: Form
    path: Path
    pattern: str = ""
    fragment: str = ""

    @property
    def shown(self) -> str:
        """Name of `path` in messages: as the user wrote it."""
        written = self.spec[: len(self.spec) - len(self.pattern)] if self.pattern else self.spec
        if self.fragment:
            written = written.removesuffix(f"#{self.fragment}")
        return written.rstrip("/") or written or "."


def resolve(spec: str, base: Path, *, documents: bool) -> Specification:
    """Find out what a specification means, without opening any file.

    Args:
        spec: A path, glob or `hf:` name. Paths are relative to `base`.
        base: The folder of the study file.
        documents: Documents may also be a folder, a glob or a single readable file.

    Raises:
        InputError: Nothing there, or nothing that can be read; says what could be.
    """
    expected = _expected(documents)
    if not spec.strip():
        raise InputError("the dataset has an empty path", found="''", expected=expected)
    if spec.startswith(HUGGING_FACE_PREFIX):
        return Specification(spec, Form.HUGGING_FACE, base)
    if "://" in spec:
        raise InputError(
            "datasets are read from local files", found=excerpt(spec, 200), expected=expected
        )
    path = base / Path(spec).expanduser()
    if path.is_file():
        return Specification(spec, _file_form(spec, path, documents), path)
    if path.is_dir():
        return Specification(spec, _folder_form(spec, path, documents), path)
    name, mark, fragment = spec.rpartition("#")
    if mark and (base / Path(name).expanduser()).is_dir():
        return _with_fragment(spec, base / Path(name).expanduser(), fragment, documents)
    if any(character in spec for character in _GLOB):
        return _glob(spec, base, documents)
    raise InputError(
        "no such file or folder",
        location=Location(spec),
        expected=expected,
        nearest=nearest_path(spec, base),
    )


def nearest_path(spec: str, base: Path) -> str | None:
    """Return the existing path that was probably meant, written as the user writes paths."""
    written = Path(spec)
    known = Path()
    for position, part in enumerate(written.parts):
        folder = base / known.expanduser()
        if not (folder / part).exists() and folder.is_dir():
            hit = nearest(part, (entry.name for entry in folder.iterdir()))
            if hit is None:
                return None
            whole = known.joinpath(hit, *written.parts[position + 1 :])
            exists = (base / whole.expanduser()).exists()
            return (whole if exists else known / hit).as_posix()
        known = known / part
    return None


def _expected(documents: bool) -> str:
    tables = ", ".join(TABLES)
    if documents:
        files = " ".join(READABLE_FILES)
        return f"a {tables} file, a folder or glob of {files}, a BEIR folder, or hf:name#split"
    return f"a {tables} file, a BEIR folder, or hf:name#split"


def _file_form(spec: str, path: Path, documents: bool) -> Form:
    suffix = path.suffix.lower()
    if suffix in TABLES:
        return TABLES[suffix]
    if documents and suffix in READABLE_FILES:
        return Form.FILES
    raise InputError(
        f"files with the extension '{path.suffix}' cannot be read as "
        f"{'documents' if documents else 'questions'}"
        if path.suffix
        else "the file has no extension",
        location=Location(spec),
        found=path.name,
        expected=_expected(documents),
        nearest=nearest(suffix, [*TABLES, *(READABLE_FILES if documents else ())]),
    )


def _folder_form(spec: str, path: Path, documents: bool) -> Form:
    if (path / "corpus.jsonl").is_file():
        return Form.BEIR
    if (path / "state.json").is_file() or (path / "dataset_dict.json").is_file():
        hint = spec if spec.startswith(("./", "../", "/", "~")) else f"./{spec}"
        raise InputError(
            "the folder was saved by Hugging Face datasets",
            location=Location(spec),
            expected=f"{HUGGING_FACE_PREFIX}{hint}",
        )
    if documents:
        return Form.FILES
    entries = sorted(entry.name for entry in path.iterdir() if entry.suffix.lower() in TABLES)
    raise InputError(
        "the folder holds no questions that can be read",
        location=Location(spec),
        found=excerpt(", ".join(entries), 120) if entries else "no corpus.jsonl",
        expected=_expected(documents),
    )


def _with_fragment(spec: str, path: Path, fragment: str, documents: bool) -> Specification:
    name = spec.rpartition("#")[0]
    if documents or not (path / "corpus.jsonl").is_file():
        raise InputError(
            "'#' picks the judgements of a BEIR folder's questions, or the split of an hf: dataset",
            location=Location(name),
            found=f"#{fragment}",
            expected=f"{name} without '#{fragment}'",
        )
    return Specification(spec, Form.BEIR, path, fragment=fragment)


def _glob(spec: str, base: Path, documents: bool) -> Specification:
    if not documents:
        raise InputError(
            "questions cannot be a glob", location=Location(spec), expected=_expected(False)
        )
    parts = spec.split("/")
    first = next(i for i, part in enumerate(parts) if any(c in part for c in _GLOB))
    pattern = "/".join(parts[first:])
    root = spec[: len(spec) - len(pattern)]
    folder = base / Path(root or os.curdir).expanduser()
    if not folder.is_dir():
        raise InputError(
            "no such folder",
            location=Location(root.rstrip("/")),
            expected="an existing folder before the first '*'",
            nearest=nearest_path(root, base),
        )
    return Specification(spec, Form.FILES, folder, pattern=pattern)
