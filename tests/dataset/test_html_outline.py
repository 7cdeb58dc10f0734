"""What of an HTML page its text does not show is kept in the document's metadata."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.dataset import load_documents
from syftr_like.dataset.html_text import html_document

Write = Callable[..., Path]
PAGE = """<title>Tides</title>
<h1>The  <i>tides</i></h1> <p>They rise.</p> bare text
<h2></h2>
<div><h2>Spring<br>tides</h2><p>Twice a month.</p></div>
<table><caption>Heights</caption><tr><th>Place</th><th>m</th></tr><tr><td>Brest</td><td>6</td></tr>
</table>
<ul><li>one<ul><li>inner</li></ul></li><li>two</li></ul>
<pre>a

b</pre><p>End."""


def outlined(page: str) -> tuple[str, dict[str, list[Any]]]:
    _, text, metadata = html_document(page.encode(), "page.html")
    outline: Any = metadata.get("html_outline", {"headings": [], "blocks": []})
    return text, outline


def test_headings_are_found_with_their_level() -> None:
    text, outline = outlined(PAGE)
    found = [(text[start:end], level) for start, end, level in outline["headings"]]
    assert found == [("The tides", 1), ("Spring\ntides", 2)]


def test_tables_lists_and_preformatted_text_are_blocks() -> None:
    text, outline = outlined(PAGE)
    assert [text[start:end] for start, end in outline["blocks"]] == [
        "Heights\nPlace | m\nBrest | 6",
        "one\n\ninner\n\ntwo",
        "inner",
        "a\n\nb",
    ]


def test_a_page_without_either_has_no_such_metadata() -> None:
    assert html_document(b"<p>Hello</p><table></table><h2> </h2>", "a.html")[2] == {}


def test_it_comes_with_the_document(tmp_path: Path, write: Write) -> None:
    base = write({"docs/a.html": "<h1>Tides</h1><p>They rise.", "docs/b.txt": "# no page"})
    page, plain = load_documents("docs", base)
    assert page.metadata == {"html_outline": {"headings": [[0, 5, 1]], "blocks": []}}
    assert plain.metadata == {}


TAGS = ["h1", "h3", "p", "table", "tr", "td", "ul", "li", "pre", "div", "b"]
pieces = st.one_of(
    st.sampled_from([f"<{t}>" for t in TAGS] + [f"</{t}>" for t in TAGS]),
    st.sampled_from(["word ", "\n", "two words", "<br>", "é", "&amp;"]),
)


@settings(max_examples=300, deadline=None)
@given(page=st.lists(pieces, max_size=40).map("".join))
def test_offsets_hold_whatever_is_nested_in_what(page: str) -> None:
    text, outline = outlined(page)
    starts = [start for start, *_ in outline["headings"]]
    assert starts == sorted(starts)
    for start, end, *_ in outline["headings"] + outline["blocks"]:
        assert 0 <= start < end <= len(text)
        assert text[start:end] == text[start:end].strip("\n")
        assert start == 0 or text[start - 2 : start] == "\n\n"
        assert end == len(text) or text[end : end + 2] == "\n\n"
