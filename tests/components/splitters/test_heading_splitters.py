"""Splitters that cut at headings: of Markdown, and of what was HTML."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.components.splitters.html_splitter import HtmlSplitter
from syftr_like.components.splitters.markdown_outline import markdown_outline
from syftr_like.components.splitters.markdown_splitter import MarkdownSplitter
from syftr_like.contracts import Document, Documents
from syftr_like.contracts.tokens import count_tokens
from syftr_like.dataset import load_documents
from syftr_like.errors import ComponentError

TIDES = """---
title: Tides
# no heading
---
Before all.

# Tides

They rise and fall.

## Spring tides

Twice a month.

### At new moon

Sun and moon pull together.

### At full moon

They pull apart.

```
# a comment, no heading
```

Neap tides
----------

| place | height |
|-------|--------|
| Brest | 6 m    |

> # quoted
"""


def texts(markdown: str, title: str = "", **values) -> list[str]:
    splitter = MarkdownSplitter(MarkdownSplitter.Parameters(**values))
    return [chunk.text for chunk in splitter.split(Documents([Document("d", title, markdown)]))]


def spans(splitter, document: Document) -> list[str]:
    chunks = splitter.split(Documents([document]))
    return [document.text[chunk.start : chunk.end] for chunk in chunks]


def test_headings_are_told_from_comments_front_matter_and_quotations() -> None:
    found = markdown_outline(TIDES)
    assert [(h.level, h.title) for h in found.headings] == [
        (1, "Tides"),
        (2, "Spring tides"),
        (3, "At new moon"),
        (3, "At full moon"),
        (2, "Neap tides"),
    ]
    blocks = [TIDES[start:end] for start, end in found.blocks]
    assert [block.split("\n")[0] for block in blocks] == ["---", "```", "| place | height |"]
    assert blocks[1] == "```\n# a comment, no heading\n```"
    assert blocks[2].endswith("| Brest | 6 m    |")


@pytest.mark.parametrize(
    ("level", "first_words"),
    [
        (0, ["---"]),
        (1, ["---", "# Tides"]),
        (2, ["---", "# Tides", "## Spring tides", "Neap tides"]),
        (
            6,
            [
                "---",
                "# Tides",
                "## Spring tides",
                "### At new moon",
                "### At full moon",
                "Neap tides",
            ],
        ),
    ],
)
def test_headings_down_to_a_level_begin_a_chunk(level: int, first_words: list[str]) -> None:
    found = texts(TIDES, heading_level=level, heading_path=False)
    assert [text.split("\n")[0] for text in found] == first_words


def test_the_headings_above_a_chunk_stand_before_it() -> None:
    found = texts(TIDES, title="Tides", heading_level=3)
    assert found[1].startswith("Tides\n\n# Tides\n\nThey rise")
    assert found[2].startswith("Tides\n\n## Spring tides\n\nTwice")
    assert found[3].startswith("Tides\n\nSpring tides\n\n### At new moon")
    assert found[4].startswith("Tides\n\nSpring tides\n\n### At full moon"), "a sister is not above"
    assert found[5].startswith("Tides\n\nNeap tides\n---")


def test_without_titles_the_path_has_the_first_heading_too() -> None:
    found = texts(TIDES, title="Tides", titles=False, heading_level=3)
    assert found[3].startswith("Tides > Spring tides\n\n### At new moon")
    assert texts(TIDES, title="Tides", titles=False, heading_level=3, heading_path=False)[
        3
    ].startswith("### At new moon")


def test_a_heading_without_text_of_its_own_joins_the_next() -> None:
    assert texts("# A\n\n## B\n\nText.\n\n## C", heading_path=False) == [
        "# A\n\n## B\n\nText.",
        "## C",
    ]


def test_long_sections_are_cut_and_their_parts_know_where_they_stand() -> None:
    body = "\n\n".join(f"Paragraph {n} says this and that." for n in range(5))
    found = texts(f"# A\n\n## B\n\n{body}", chunk_tokens=15)
    assert found[0].startswith("# A\n\n## B\n\nParagraph 0")
    assert found[1] == "A > B\n\nParagraph 1 says this and that."
    assert len(found) == 5


def test_a_heading_stays_with_the_first_words_under_it() -> None:
    long = "This sentence has quite a lot of words in it. So does the one that follows it here."
    found = texts(f"# A\n\nShort.\n\n### B\n\n{long}", chunk_tokens=16, heading_path=False)
    assert found[1] == "### B\n\nThis sentence has quite a lot of words in it."


def test_a_table_that_fits_is_not_cut_and_a_longer_one_is_cut_between_rows() -> None:
    table = "\n".join(["| a | b |", "|---|---|", *(f"| {n} | x |" for n in range(4))])
    text = f"# A\n\nSome words before it.\n\n{table}\n\nSome after."
    fits = count_tokens(table)
    assert any(table in chunk for chunk in texts(text, chunk_tokens=fits))
    rows = [row for chunk in texts(text, chunk_tokens=14, heading_path=False) for row in
            chunk.split("\n") if row.startswith("|")]  # fmt: skip
    assert rows == table.split("\n")


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_line_ends_of_all_kinds_keep_the_offsets(end: str) -> None:
    text = TIDES[TIDES.index("# T") :] if end == "\r" else TIDES
    text = text.replace("\n", end)
    titles = [text[h.start : h.end] for h in markdown_outline(text).headings]
    assert titles[:2] == ["# Tides", "## Spring tides"]


parts = st.sampled_from(
    [
        "# One",
        "## Two\n",
        "### Three ###",
        "Setext\n===",
        "Words and more words, and then some. Another sentence here.",
        "| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | 4 |",
        "```py\n# x\n\ny = 1\n```",
        "    indented code\n\n    more",
        "- item\n- item\n\n  # in a list",
        "> quote\n> # quoted",
        "",
        "<div>\n# raw\n</div>",
        "```\nopen fence",
    ]
)


@settings(max_examples=200, deadline=None)
@given(
    text=st.lists(parts, max_size=12).map("\n\n".join)
    | st.lists(parts, max_size=12).map("\n".join),
    level=st.integers(0, 6),
    size=st.integers(8, 64),
    overlap=st.sampled_from([0.0, 0.25]),
)
def test_any_markdown(text: str, level: int, size: int, overlap: float) -> None:
    values = {"heading_level": level, "chunk_tokens": size, "overlap": overlap}
    splitter = MarkdownSplitter(MarkdownSplitter.Parameters(**values))
    chunks = list(splitter.split(Documents([Document("d", "", text)])))
    outline = markdown_outline(text)
    covered = set()
    for chunk in chunks:
        covered |= set(range(chunk.start, chunk.end))
        assert count_tokens(text[chunk.start : chunk.end]) <= size
        assert chunk.text.endswith(text[chunk.start : chunk.end])
        for heading in outline.headings:
            if heading.level <= level and chunk.start < heading.start < chunk.end:
                between = [h for h in outline.headings if h.start < heading.start]
                assert between, "the first heading ends what stands before it"
                assert not text[between[-1].end : heading.start].strip()
    assert all(place in covered or text[place].isspace() for place in range(len(text)))
    for start, end in outline.blocks:
        if end > start and count_tokens(text[start:end]) <= size:
            assert any(c.start <= start and end <= c.end for c in chunks), text[start:end]


PAGE = """<title>Tides</title><h1>Tides</h1><p>They rise and fall.</p>
<h2>Heights</h2><p>Some words come before the table.</p>
<table><tr><th>place</th><th>m</th></tr><tr><td>Brest</td><td>6</td></tr></table>
<p>And some words after the table too.</p>"""


def page_document(folder: Path, page: str) -> Document:
    (folder / "page.html").write_text(page, encoding="utf-8")
    return load_documents("page.html", folder)[0]


def test_a_page_is_cut_at_the_headings_it_had(tmp_path: Path) -> None:
    document = page_document(tmp_path, PAGE)
    splitter = HtmlSplitter(HtmlSplitter.Parameters())
    assert [text.split("\n")[0] for text in spans(splitter, document)] == ["Tides", "Heights"]
    read = [chunk.text for chunk in splitter.split(Documents([document]))]
    assert read[1].startswith("Tides\n\nHeights\n\nSome words")


def test_a_table_of_a_page_stays_whole_where_it_fits(tmp_path: Path) -> None:
    document = page_document(tmp_path, PAGE)
    splitter = HtmlSplitter(HtmlSplitter.Parameters(chunk_tokens=8, heading_level=0))
    assert any("place | m\nBrest | 6" in text for text in spans(splitter, document))


def test_a_page_laid_out_in_a_table_is_cut_around_the_tables_in_it(tmp_path: Path) -> None:
    rows = "".join(f"<tr><td>This is row {n} of the layout.</td></tr>" for n in range(6))
    inner = "<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>"
    page = f"<table>{rows}<tr><td>{inner}</td></tr>{rows}</table>"
    document = page_document(tmp_path, page)
    for size in (8, 9, 12, 17):
        splitter = HtmlSplitter(HtmlSplitter.Parameters(chunk_tokens=size))
        assert any("a | b\nc | d" in text for text in spans(splitter, document))


def test_a_document_that_was_no_page_is_cut_by_length() -> None:
    document = Document("d", "", "# Not a heading here\n\n" + "Words and words. " * 20)
    splitter = HtmlSplitter(HtmlSplitter.Parameters(chunk_tokens=16))
    assert all(count_tokens(text) <= 16 for text in spans(splitter, document))
    assert splitter.split(Documents([document]))[3].text.startswith("Words")


@pytest.mark.parametrize(
    "outline",
    [
        "h1",
        {"headings": []},
        {"headings": [[0, 3]], "blocks": []},
        {"headings": [], "blocks": [[0, 99]]},
        {"headings": [[5, 2, 1]], "blocks": []},
        {"headings": [[0, True, 1]], "blocks": []},
        {"headings": "abc", "blocks": []},
        {"headings": [], "blocks": [None]},
    ],
)
def test_metadata_that_does_not_describe_the_text_is_an_error(outline) -> None:
    document = Document("d", "", "Some text.", {"html_outline": outline})
    splitter = HtmlSplitter(HtmlSplitter.Parameters())
    with pytest.raises(ComponentError, match="html_outline"):
        splitter.split(Documents([document]))
