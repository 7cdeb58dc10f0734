"""Documents from a folder, a glob or one file: one document for each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from syftr_like.contracts import Document, Json
from syftr_like.dataset.encoding import decode_utf8, unix_lines
from syftr_like.dataset.html_text import html_document
from syftr_like.dataset.markdown import markdown_title
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.pdf import pdf_text
from syftr_like.dataset.specification import READABLE_FILES, TABLES, Specification
from syftr_like.errors import InputError, Location

_Read: TypeAlias = tuple[str, str, Mapping[str, Json]]
"""Title, text and metadata of a file."""


def read_files(specification: Specification) -> tuple[list[Document], tuple[str, ...]]:
    """Read each file as a document and say what was passed over.

    A document's id is its path below the folder (below the fixed part of a glob), with `/`.
    Files come in the order of their ids. Hidden files and folders are passed over, and so are
    files with extensions that cannot be read; the notes count them. Text has a line feed at the
    end of each line whatever the file had, and evidence counts the characters of that text.

    Raises:
        InputError: No file to read, a file without text, not UTF-8, or broken.
    """
    root = specification.path.parent if specification.path.is_file() else specification.path
    readable = []
    skipped: Counter[str] = Counter()
    hidden = 0
    for path in sorted(_candidates(specification), key=lambda p: p.relative_to(root).as_posix()):
        if any(part.startswith(".") for part in path.relative_to(root).parts):
            hidden += 1
        elif path.suffix.lower() in _READERS:
            readable.append(path)
        else:
            skipped[path.suffix.lower() or "no extension"] += 1
    if not readable:
        raise _nothing(specification, skipped)
    mistakes = Mistakes("file", "")
    documents = []
    for path in readable:
        shown = _shown(specification, path)
        try:
            documents.append(_document(path, path.relative_to(root).as_posix(), shown))
        except InputError as error:
            mistakes.add(error, shown)
    mistakes.raise_any()
    return documents, _notes(readable, skipped, hidden)


def _candidates(specification: Specification) -> Iterator[Path]:
    path = specification.path
    if path.is_file():
        yield path
        return
    try:
        found = list(path.glob(specification.pattern or "**/*"))
    except (ValueError, NotImplementedError) as error:
        raise InputError(
            f"the glob is not valid: {error}",
            location=Location(specification.spec),
            expected="a pattern such as docs/**/*.md",
        ) from error
    yield from (entry for entry in set(found) if entry.is_file())


def _nothing(specification: Specification, skipped: Counter[str]) -> InputError:
    extensions = " ".join(READABLE_FILES)
    tables = [extension for extension in skipped if extension in TABLES]
    hint = f"; name one {tables[0]} file to read it as a table" if tables else ""
    matched = ", ".join(f"{count} {name}" for name, count in sorted(skipped.items()))
    if specification.pattern:
        problem = "the glob matches no readable file" if skipped else "the glob matches no file"
    else:
        problem = "the folder holds no readable file"
    return InputError(
        problem,
        location=Location(specification.spec),
        found=matched or "no files",
        expected=f"files with the extension {extensions}{hint}",
    )


def _shown(specification: Specification, path: Path) -> str:
    if specification.path.is_file():
        return specification.spec
    relative = path.relative_to(specification.path)
    shown = relative if specification.shown == "." else Path(specification.shown) / relative
    return shown.as_posix()


def _notes(readable: list[Path], skipped: Counter[str], hidden: int) -> tuple[str, ...]:
    kinds = Counter(path.suffix.lower() for path in readable)
    notes = ["read " + ", ".join(f"{n} {kind}" for kind, n in sorted(kinds.items()))]
    if skipped:
        listed = ", ".join(f"{n} {kind}" for kind, n in sorted(skipped.items()))
        notes.append(f"passed over, cannot be read: {listed}")
    if hidden:
        notes.append(f"passed over, hidden: {hidden}")
    return tuple(notes)


def _document(path: Path, identifier: str, shown: str) -> Document:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(
            f"the file cannot be opened: {error.strerror}", location=Location(shown)
        ) from error
    if not data.strip():
        raise InputError("the file is empty", location=Location(shown), expected="text")
    title, text, metadata = _READERS[path.suffix.lower()](data, shown)
    if not text.strip():
        raise InputError(
            "the file holds no text",
            location=Location(shown),
            expected="text (a scanned PDF needs text recognition first)"
            if path.suffix.lower() == ".pdf"
            else "text",
        )
    return Document(identifier, title or path.stem, text, metadata)


def _plain(data: bytes, shown: str) -> _Read:
    return "", unix_lines(decode_utf8(data, shown)), {}


def _markdown(data: bytes, shown: str) -> _Read:
    text = unix_lines(decode_utf8(data, shown))
    return markdown_title(text), text, {}


def _pdf(data: bytes, shown: str) -> _Read:
    return "", pdf_text(data, shown), {}


_READERS: Mapping[str, Callable[[bytes, str], _Read]] = {
    ".md": _markdown,
    ".txt": _plain,
    ".html": html_document,
    ".htm": html_document,
    ".pdf": _pdf,
}
