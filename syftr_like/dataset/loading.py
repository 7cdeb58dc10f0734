"""Loading documents and questions, whatever form they are given in."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol, TypeVar

from syftr_like.contracts import Document, Documents, Question
from syftr_like.dataset.beir import read_beir_documents, read_beir_questions
from syftr_like.dataset.csv_table import read_csv
from syftr_like.dataset.document_rows import DocumentRows
from syftr_like.dataset.excerpt import excerpt
from syftr_like.dataset.files import read_files
from syftr_like.dataset.huggingface import open_hugging_face
from syftr_like.dataset.json_lines import read_json_lines
from syftr_like.dataset.mistakes import Mistakes
from syftr_like.dataset.parquet import read_parquet
from syftr_like.dataset.question_rows import QuestionRows
from syftr_like.dataset.row import Row
from syftr_like.dataset.source import Form, Source
from syftr_like.dataset.specification import Specification, resolve
from syftr_like.errors import InputError, Location

T = TypeVar("T")
_Notes = tuple[str, ...]

_TABLES: Mapping[Form, Callable[[Path, str, Mistakes], Iterator[Row]]] = {
    Form.JSON_LINES: read_json_lines,
    Form.CSV: read_csv,
    Form.PARQUET: read_parquet,
}


def read_documents(spec: str, base: Path) -> tuple[Documents, Source]:
    """Load documents and say how they were read. See `load_documents`."""
    documents: list[Document]
    with _file_errors(spec):
        specification = resolve(spec, base, documents=True)
        if specification.form is Form.FILES:
            documents, notes = read_files(specification)
        elif specification.form is Form.BEIR:
            documents, notes = read_beir_documents(specification)
        else:
            documents, notes = _read_table(specification, DocumentRows())
    _refuse_empty(documents, specification, "documents")
    return Documents(documents), Source(spec, specification.form, len(documents), notes)


def read_questions(
    spec: str, base: Path, documents: Documents
) -> tuple[tuple[Question, ...], Source]:
    """Load questions and say how they were read. See `load_questions`."""
    questions: list[Question]
    with _file_errors(spec):
        specification = resolve(spec, base, documents=False)
        if specification.form is Form.BEIR:
            questions, notes = read_beir_questions(specification, documents)
        else:
            questions, notes = _read_table(specification, QuestionRows(documents))
    _refuse_empty(questions, specification, "questions")
    return tuple(questions), Source(spec, specification.form, len(questions), notes)


def load_documents(spec: str, base: Path) -> Documents:
    """Load documents.

    Args:
        spec: A `.jsonl`, `.csv` or `.parquet` file with `id`, `text` and optionally `title` and
            `metadata`; a folder, glob or single file of `.md .txt .html .htm .pdf`; a BEIR
            folder; `hf:org/name#split` or `hf:./folder#split`.
        base: The folder that paths are relative to: that of the study file.

    Returns:
        The documents in the order of the file, or of their paths. Text from a table stands
        exactly as it was; text from files has line feeds as line ends. Evidence counts
        characters (code points) of the text as it is returned here.

    Raises:
        InputError: Nothing there, or a mistake in it; names file and line.
    """
    return read_documents(spec, base)[0]


def load_questions(spec: str, base: Path, documents: Documents) -> tuple[Question, ...]:
    """Load labelled questions, and check their evidence against the documents.

    Args:
        spec: A `.jsonl`, `.csv` or `.parquet` file with `question`, `answers` and optionally
            `id`, `evidence`, `answerable` and `metadata`; a BEIR folder, with `#name` for one
            of several judgement files; `hf:org/name#split` or `hf:./folder#split`.
        base: The folder that paths are relative to: that of the study file.
        documents: What evidence points into.

    Returns:
        The questions in the order of the file.

    Raises:
        InputError: Nothing there, or a mistake in it; names file and line.
    """
    return read_questions(spec, base, documents)[0]


class _Reader(Protocol[T]):
    """Builds values from rows."""

    def read(self, rows: Iterator[Row], mistakes: Mistakes) -> list[T]: ...

    def notes(self) -> _Notes: ...


def _read_table(specification: Specification, reader: _Reader[T]) -> tuple[list[T], _Notes]:
    in_lines = specification.form in (Form.JSON_LINES, Form.CSV)
    mistakes = Mistakes("row", "line" if in_lines else "row")
    opened: _Notes = ()
    if specification.form is Form.HUGGING_FACE:
        rows, opened = open_hugging_face(specification, mistakes)
    else:
        rows = _TABLES[specification.form](specification.path, specification.spec, mistakes)
    values = reader.read(rows, mistakes)
    mistakes.raise_any()
    return values, (*opened, *reader.notes())


def _refuse_empty(values: Sequence[object], specification: Specification, what: str) -> None:
    if not values:
        raise InputError(
            f"there are no {what} in it",
            location=Location(specification.spec),
            found="no rows",
            expected="at least one",
        )


@contextmanager
def _file_errors(spec: str) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise InputError(
            f"it cannot be read: {error.strerror or error}", location=Location(excerpt(spec, 200))
        ) from error
