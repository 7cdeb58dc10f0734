"""Documents from folders, globs and single files."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from syftr_like.contracts import Document
from syftr_like.dataset import load_dataset, load_documents
from syftr_like.errors import InputError

Write = Callable[..., Path]


def pdf(*pages: str) -> bytes:
    """Return a PDF file with one line of text on each page."""
    kids = " ".join(f"{4 + 2 * i} 0 R" for i in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    for i, text in enumerate(pages):
        drawing = f"BT /F1 12 Tf 72 700 Td ({text}) Tj ET" if text else ""
        objects.append(
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] "
            f"/Resources << /Font << /F1 3 0 R >> >> /Contents {5 + 2 * i} 0 R >>"
        )
        objects.append(f"<< /Length {len(drawing)} >>\nstream\n{drawing}\nendstream")
    body = "%PDF-1.4\n"
    offsets = []
    for number, content in enumerate(objects, start=1):
        offsets.append(len(body))
        body += f"{number} 0 obj\n{content}\nendobj\n"
    entries = "".join(f"{offset:010} 00000 n \n" for offset in offsets)
    size = len(objects) + 1
    return (
        f"{body}xref\n0 {size}\n0000000000 65535 f \n{entries}"
        f"trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{len(body)}\n%%EOF\n"
    ).encode("ascii")


FILES: dict[str, str | bytes] = {
    "docs/readme.md": "# Readme\n\nHello.",
    "docs/guide/install.MD": "Install it.\r\nThen run.\r",
    "docs/notes.txt": b"\xef\xbb\xbfPlain\r\nnotes.",
    "docs/page.html": "<title>A page</title><p>Hello <b>there</b>.</p>",
    "docs/old.htm": "<h1>Old</h1>page",
    "docs/paper.pdf": pdf("A paper", "in two pages"),
    "docs/logo.png": b"\x89PNG",
    "docs/.git/config.md": "hidden",
    "q.jsonl": '{"id": "q", "question": "?", "answers": ["x"]}',
}


def test_a_folder_is_read_with_all_below_it_in_the_order_of_the_paths(write: Write) -> None:
    assert list(load_documents("docs", write(FILES))) == [
        Document("guide/install.MD", "install", "Install it.\nThen run.\n"),
        Document("notes.txt", "notes", "Plain\nnotes."),
        Document(
            "old.htm",
            "Old",
            "Old\n\npage",
            {"html_outline": {"headings": [[0, 3, 1]], "blocks": []}},
        ),
        Document("page.html", "A page", "Hello there."),
        Document("paper.pdf", "paper", "A paper\n\nin two pages"),
        Document("readme.md", "Readme", "# Readme\n\nHello."),
    ]


@pytest.mark.parametrize(
    ("spec", "ids"),
    [
        ("docs/**/*.[mM][dD]", ["guide/install.MD", "readme.md"]),
        ("docs/*", ["notes.txt", "old.htm", "page.html", "paper.pdf", "readme.md"]),
        ("./docs/n*.txt", ["notes.txt"]),
        ("**/*.htm", ["docs/old.htm"]),
        ("*/guide", []),
        ("docs/paper.pdf", ["paper.pdf"]),
        ("docs/", ["guide/install.MD", "notes.txt", "old.htm", "page.html"]),
    ],
)
def test_globs_and_single_files(spec: str, ids: list[str], write: Write) -> None:
    base = write(FILES)
    if not ids:
        with pytest.raises(Exception, match="the glob matches no file"):
            load_documents(spec, base)
        return
    assert [document.id for document in load_documents(spec, base)][: len(ids)] == ids


def test_a_glob_may_be_absolute(write: Write, tmp_path: Path) -> None:
    write(FILES)
    loaded = load_documents(f"{tmp_path}/docs/*.txt", Path("/"))
    assert [document.id for document in loaded] == ["notes.txt"]


def test_a_file_whose_name_looks_like_a_glob_is_that_file(write: Write) -> None:
    base = write({"docs/[draft].md": "draft", "docs/d.md": "other"})
    assert [d.id for d in load_documents("docs/[draft].md", base)] == ["[draft].md"]


def test_what_was_passed_over_is_reported(write: Write) -> None:
    facts = load_dataset("docs", "q.jsonl", write(FILES)).facts()
    assert "documents: read 1 .htm, 1 .html, 2 .md, 1 .pdf, 1 .txt" in facts
    assert "documents: passed over, cannot be read: 1 .png" in facts
    assert "documents: passed over, hidden: 1" in facts


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("# First\n# Second", "First"),
        ("text\n\n## Deep ##\n", "Deep"),
        ("Underlined\n==========\n# Other", "Underlined"),
        ("Also\n---\n", "Also"),
        ("---\ntitle: From the front\n---\n# Heading", "From the front"),
        ("---\ntags: [a]\n---\n# Heading", "Heading"),
        ("---\nnot: [yaml\n---\n# Heading", "not: [yaml"),
        ("```\n# comment\n```\n~~~\n# more\n~~~\n# Heading", "Heading"),
        ("````\n```\n# comment\n````\n# Heading", "Heading"),
        ("    # code\n\n# Heading", "Heading"),
        ("#hashtag\n", "file"),
        ("- item\n---\nplain", "file"),
        ("plain", "file"),
        ("#\n\ntext", "file"),
    ],
)
def test_the_title_of_markdown(text: str, title: str, write: Write) -> None:
    document = load_documents("file.md", write({"file.md": text}))[0]
    assert document.title == title
    assert document.text == text


@pytest.mark.parametrize(
    ("page", "text"),
    [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one<div>two</div>three</div>", "one\n\ntwo\n\nthree"),
        ("one <b>bold</b>\n  <i>word</i>, b<sub>2</sub>", "one bold word, b2"),
        ("one<br>two<br/>three", "one\ntwo\nthree"),
        ("<ul><li>one</li><li>two</li></ul>after", "one\ntwo\n\nafter"),
        (
            "<table><tr><th>a</th><th>b</th></tr><tr><td>1</td><td>2</td></tr></table>",
            "a | b\n1 | 2",
        ),
        ("<pre>def f():\n    return 1\n</pre>", "def f():\n    return 1"),
        ("<pre>a <b>b</b><br>  c<p>d</p></pre>e", "a b\n  c\n\nd\n\ne"),
        ("<style>p {}</style><script>alert(1)</script><p>read</p><!-- not -->", "read"),
        ("<head><title>T</title><meta charset=utf-8></head><body>b</body>", "b"),
        ("caf&eacute; &amp; cr&#232;me&nbsp;br&ucirc;l&eacute;e", "café & crème brûlée"),
        ("<p>unclosed<p>next <b>bold", "unclosed\n\nnext bold"),
        ("<?xml version='1.0'?><html xmlns='x'><body><p>x</p></body></html>", "x"),
        ("<p>broken &#xD800; &#0; entities</p>", "broken \ufffd \ufffd entities"),
    ],
)
def test_html_becomes_readable_text(page: str, text: str, write: Write) -> None:
    assert load_documents("page.html", write({"page.html": page}))[0].text == text


def test_html_may_nest_deeper_than_python_recurses(write: Write) -> None:
    page = "<div>" * 20_000 + "deep" + "</div>" * 20_000
    assert load_documents("page.html", write({"page.html": page}))[0].text == "deep"


def test_html_in_the_encoding_that_it_declares(write: Write) -> None:
    page = '<meta charset="iso-8859-1"><title>Gruyère</title>très bon'.encode("latin-1")
    document = load_documents("page.html", write({"page.html": page}))[0]
    assert (document.title, document.text) == ("Gruyère", "très bon")


@pytest.mark.parametrize(
    ("page", "title"),
    [
        ("<title> A \n title </title><h1>Heading</h1>", "A title"),
        ("<h2>Heading <b>here</b></h2>", "Heading here"),
        ("<title></title><h1>Heading</h1>", "Heading"),
        ("text", "page"),
    ],
)
def test_the_title_of_html(page: str, title: str, write: Write) -> None:
    base = write({"page.html": page + "<p>x</p>"})
    assert load_documents("page.html", base)[0].title == title


def test_a_pdf_without_text_and_one_with_a_password_are_refused(
    complaint: Callable[..., str],
) -> None:
    said = complaint({"scan.pdf": pdf("", "")}, "scan.pdf")
    assert said.startswith("scan.pdf: the file holds no text")
    assert "text recognition" in said

    import io

    import pypdf

    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("secret")))
    writer.encrypt("password", algorithm="RC4-128")
    locked = io.BytesIO()
    writer.write(locked)
    said = complaint({"locked.pdf": locked.getvalue()}, "locked.pdf")
    assert said.startswith("locked.pdf: the PDF file needs a password")


def test_the_nul_characters_that_pdf_fonts_yield_are_dropped(write: Write) -> None:
    base = write({"a.pdf": pdf(r"A\000 paper")})
    text = load_documents("a.pdf", base)[0].text
    assert "\0" not in text
    assert text.startswith("A")


@pytest.mark.parametrize(
    ("spec", "named", "meant"),
    [
        ("docs", "docs/guide/install.MD", "guide/install.MD"),
        ("docs", "install", "guide/install.MD"),
        ("docs/guide/*", "guide/install.md", "install.MD"),
        ("docs", "readm.md", "readme.md"),
        ("docs", "nothing/alike.md", None),
    ],
)
def test_evidence_in_a_file_is_named_by_its_id_or_told_it(
    spec: str, named: str, meant: str | None, write: Write
) -> None:
    def asked(document: str) -> str:
        evidence = [{"document": document, "start": 0, "end": 3}]
        return json.dumps({"question": "What?", "answers": ["this"], "evidence": evidence})

    base = write({**FILES, "q.jsonl": asked(named)})
    with pytest.raises(InputError, match="names an unknown document") as caught:
        load_dataset(spec, "q.jsonl", base)

    assert caught.value.nearest == meant
    ids = [document.id for document in load_documents(spec, base)]
    assert caught.value.expected == (
        f"the id of one of the {len(ids)} documents, such as '{ids[0]}'"
    )
    right = meant or ids[0]
    base = write({"q.jsonl": asked(right)})
    assert load_dataset(spec, "q.jsonl", base).questions[0].evidence[0].document == right
