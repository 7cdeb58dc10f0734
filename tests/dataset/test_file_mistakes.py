"""Paths that lead nowhere, files that cannot be read, and tables that are none."""

from __future__ import annotations

import io
import sys
from collections.abc import Callable
from dataclasses import dataclass

import pyarrow as pa
import pyarrow.parquet as pq
import pytest


@dataclass(frozen=True)
class Mistake:
    """Files with a mistake in one of them.

    Attributes:
        name: What is wrong.
        files: Content by file name, beside a good d.jsonl and q.jsonl.
        place: How the message begins: file, and line and column where they are known.
        fragments: What else the message says.
        documents: What the study names.
        questions: What the study names.
    """

    name: str
    files: dict[str, str | bytes]
    place: str
    fragments: tuple[str, ...] = ()
    documents: str = "d.jsonl"
    questions: str = "q.jsonl"


GOOD = '{"id": "b", "text": "B"}\n'
CSV = "id,question,answers\n"

MISTAKES = [
    # Files and folders.
    Mistake(
        "missing file",
        {"handbook/documents.jsonl": GOOD},
        "handbok/documents.jsonl: no such file",
        ("did you mean 'handbook/documents.jsonl'?",),
        documents="handbok/documents.jsonl",
    ),
    Mistake(
        "missing file, near name",
        {},
        "questions.json: no such file",
        ("expected: a .jsonl, .csv, .parquet file, a BEIR folder, or hf:name#split",),
        questions="questions.json",
    ),
    Mistake(
        "path that no file system takes",
        {},
        "xxxxxxxxxx",
        ("x…: it cannot be read: File name too long",),
        documents="x" * 3000 + ".jsonl",
    ),
    Mistake("empty path", {}, "the dataset has an empty path", ("found:    ''",), documents=" "),
    Mistake(
        "URL",
        {},
        "datasets are read from local files",
        ("https://example.org/d.jsonl",),
        documents="https://example.org/d.jsonl",
    ),
    Mistake(
        "wrong extension of documents",
        {"d.docx": "x"},
        "d.docx: files with the extension '.docx' cannot be read as documents",
        (".jsonl, .csv, .parquet", ".md .txt .html .htm .pdf", "BEIR", "hf:"),
        documents="d.docx",
    ),
    Mistake(
        "wrong extension of questions",
        {"q.json": "[]"},
        "q.json: files with the extension '.json' cannot be read as questions",
        (".jsonl, .csv, .parquet", "did you mean '.jsonl'?"),
        questions="q.json",
    ),
    Mistake(
        "Markdown as questions",
        {"q.md": "# Why?"},
        "q.md: files with the extension '.md' cannot be read as questions",
        (".jsonl, .csv, .parquet",),
        questions="q.md",
    ),
    Mistake(
        "no extension",
        {"docs": "x"},
        "docs: the file has no extension",
        (".jsonl, .csv, .parquet",),
        documents="docs",
    ),
    Mistake(
        "folder without any readable file",
        {"docs/a.docx": "x", "docs/b.docx": "x", "docs/.hidden.md": "x"},
        "docs: the folder holds no readable file",
        ("found:    2 .docx", ".md .txt .html .htm .pdf"),
        documents="docs",
    ),
    Mistake(
        "folder that holds a table",
        {"docs/d.jsonl": GOOD},
        "docs: the folder holds no readable file",
        ("name one .jsonl file to read it as a table",),
        documents="docs",
    ),
    Mistake(
        "folder of questions",
        {"labels/q.csv": "x"},
        "labels: the folder holds no questions that can be read",
        ("found:    q.csv",),
        questions="labels",
    ),
    Mistake(
        "glob with no match",
        {"docs/a.md": "x"},
        "docs/**/*.txt: the glob matches no file",
        ("found:    no files",),
        documents="docs/**/*.txt",
    ),
    Mistake(
        "glob that matches only what cannot be read",
        {"docs/a.docx": "x"},
        "docs/*: the glob matches no readable file",
        ("found:    1 .docx",),
        documents="docs/*",
    ),
    Mistake(
        "glob below a folder that is missing",
        {"docs/a.md": "x"},
        "dosc: no such folder",
        ("did you mean 'docs'?",),
        documents="dosc/*.md",
    ),
    Mistake(
        "glob of questions",
        {},
        "*.jsonl: questions cannot be a glob",
        ("expected: a .jsonl",),
        questions="*.jsonl",
    ),
    Mistake(
        "invalid glob",
        {"docs/a.md": "x"},
        "docs/**.md: the glob is not valid",
        ("docs/**/*.md",),
        documents="docs/**.md",
    ),
    Mistake(
        "empty text file",
        {"docs/a.md": "fine", "docs/b.txt": " \n", "docs/c.md": "", "docs/d.md": ""},
        "docs/b.txt: the file is empty (and 2 more bad files, at docs/c.md, docs/d.md)",
        ("expected: text",),
        documents="docs",
    ),
    Mistake(
        "text file that is not UTF-8",
        {"docs/a.txt": "one\nGruy\xe8re".encode("latin-1")},
        "docs/a.txt:2:5: not UTF-8",
        ("found:    byte 0xe8", "expected: UTF-8 text"),
        documents="docs",
    ),
    Mistake(
        "HTML without text",
        {"docs/a.html": "<script>var x</script>"},
        "docs/a.html: the file holds no text",
        (),
        documents="docs",
    ),
    Mistake(
        "HTML with a NUL byte",
        {"docs/a.html": '<meta charset="utf-8"><p>a\0b</p>'},
        "docs/a.html:1:27: NUL byte",
        (),
        documents="docs",
    ),
    Mistake(
        "PDF that is none",
        {"docs/a.pdf": "not a PDF"},
        "docs/a.pdf: the file cannot be read as PDF",
        ("expected: a PDF file",),
        documents="docs",
    ),
    Mistake(
        "Parquet that is none",
        {"d.parquet": "not Parquet"},
        "d.parquet: the file cannot be read as Parquet",
        ("expected: a Parquet file",),
        documents="d.parquet",
    ),
    # CSV.
    Mistake(
        "row with a cell too many",
        {"q.csv": CSV + 'q1,"How\nhigh?",a\nq2,How high, really?,b\n'},
        "q.csv:4: row 2: 4 cells under 3 column names",
        ("quote a cell that holds a comma",),
        questions="q.csv",
    ),
    Mistake(
        "quote that does not close",
        {"q.csv": CSV + 'q1,Why?,a\nq2,"Why,b\n'},
        "q.csv:3: row 2: invalid CSV",
        ("quotes that close",),
        questions="q.csv",
    ),
    Mistake(
        "semicolons",
        {"q.csv": "id;question;answers\nq1;Why?;a\n"},
        "q.csv:1: the columns are not separated by commas",
        ("id;question;answers",),
        questions="q.csv",
    ),
    Mistake(
        "column without a name",
        {"q.csv": ",question,answers\n0,Why?,a\n"},
        "q.csv:1: column 1 has no name",
        ("to_csv(index=False)",),
        questions="q.csv",
    ),
    Mistake(
        "two columns of one name",
        {"q.csv": "id,question,id\nq1,Why?,a\n"},
        "q.csv:1: two columns are named 'id'",
        ("columns 1 and 3",),
        questions="q.csv",
    ),
    Mistake("header only", {"q.csv": CSV}, "q.csv: there are no questions", (), questions="q.csv"),
    Mistake("empty CSV", {"q.csv": ""}, "q.csv: there are no questions", (), questions="q.csv"),
    Mistake(
        "list in a cell that is no JSON",
        {"q.csv": CSV + "q1,Why?,['a']\n"},
        "q.csv:2: row 1: 'answers' is not valid JSON",
        ("found:    \"['a']\"",),
        questions="q.csv",
    ),
    Mistake(
        "evidence in a cell that is no JSON",
        {"q.csv": "id,question,evidence\nq1,Why?,alps\n"},
        "q.csv:2: row 1: 'evidence' is not valid JSON",
        (),
        questions="q.csv",
    ),
    Mistake(
        "NUL hidden in the JSON of a cell",
        {"q.csv": CSV + 'q1,Why?,"[""\\u0000""]"\n'},
        "q.csv:2: row 1: 'answers' holds a NUL character",
        (),
        questions="q.csv",
    ),
    Mistake(
        "several bad CSV rows",
        {"q.csv": CSV + "q1,,a\nq2,Why?,a\nq2,Who?,a\n"},
        "q.csv:2: row 1: 'question' is missing (and 1 more bad row, at line 4)",
        (),
        questions="q.csv",
    ),
    Mistake(
        "CSV that is not UTF-8",
        {"q.csv": (CSV + "q1,Why?,a\nq2,Warum für?,b\n").encode("cp1252")},
        "q.csv:3:11: not UTF-8",
        ("byte 0xfc",),
        questions="q.csv",
    ),
]


@pytest.mark.parametrize("mistake", MISTAKES, ids=lambda mistake: mistake.name)
def test_the_mistake_is_named_with_its_place(
    mistake: Mistake, complaint: Callable[..., str]
) -> None:
    said = complaint(mistake.files, mistake.documents, mistake.questions)
    assert said.startswith(mistake.place)
    for fragment in mistake.fragments:
        assert fragment in said


def parquet(**columns: list[object]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue()


def test_a_parquet_row_is_named_by_its_number(complaint: Callable[..., str]) -> None:
    table = parquet(id=["a", "b", "c", "d"], text=["A", None, "C", ""])
    said = complaint({"d.parquet": table}, "d.parquet")
    assert said.startswith("d.parquet: row 2: 'text' is missing (and 1 more bad row, at row 4)")


def test_a_nul_character_in_a_parquet_row_is_refused(complaint: Callable[..., str]) -> None:
    said = complaint({"d.parquet": parquet(id=["a"], text=["A\0"])}, "d.parquet")
    assert said.startswith("d.parquet: row 1: 'text' holds a NUL character")


def test_a_parquet_column_of_bytes_cannot_be_kept(complaint: Callable[..., str]) -> None:
    said = complaint({"d.parquet": parquet(id=["a"], text=["A"], scan=[b"x"])}, "d.parquet")
    assert said.startswith("d.parquet: row 1: column 'scan' holds bytes")


@pytest.mark.parametrize(
    ("module", "file", "documents", "what", "extra"),
    [
        ("pypdf", "docs/a.pdf", "docs", "docs/a.pdf: PDF files", "pdf"),
        ("datasets", "d.parquet", "hf:.", "hf:.: Hugging Face datasets", "huggingface"),
    ],
)
def test_a_missing_extra_is_named(
    module: str,
    file: str,
    documents: str,
    what: str,
    extra: str,
    complaint: Callable[..., str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    said = complaint({file: "x"}, documents)
    assert said.startswith(f"{what} need the extra '{extra}'")
    assert f"expected: pip install 'syftr-like[{extra}]'" in said
