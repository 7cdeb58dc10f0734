from __future__ import annotations

import pytest

from syftr_like.components.chunk_transforms.contextual_headers import LONGEST_SENTENCE
from syftr_like.contracts import Chunk, Chunks, Document, Documents, Query
from syftr_like.contracts.tokens import count_tokens
from syftr_like.errors import ComponentError

TEXT = "# Tides\n\nThey rise and fall.\n\n## Spring tides\n\nTwice a month. Sun and moon agree."
DOCUMENTS = Documents([Document("d", "Tides", TEXT)])


def chunk_at(words: str, **values) -> Chunk:
    start = TEXT.index(words)
    return Chunk("d", start, start + len(words), values.pop("text", words), **values)


def headed(make, chunk: Chunk, documents: Documents = DOCUMENTS, **values) -> Chunk:
    (found,) = make("contextual_headers", **values).transform(Chunks([chunk]), documents)
    return found


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        ("title", "Tides\n\nSun and moon agree."),
        ("headings", "Tides\n\nSpring tides\n\nSun and moon agree."),
        ("first_sentence", "Tides\n\nThey rise and fall.\n\nSun and moon agree."),
        ("all", "Tides\n\nSpring tides\n\nThey rise and fall.\n\nSun and moon agree."),
    ],
)
def test_what_is_put_before_a_chunk(make, header: str, expected: str) -> None:
    chunk = headed(make, chunk_at("Sun and moon agree."), header=header)
    assert chunk.search == expected
    assert chunk.text == "Sun and moon agree."
    read = headed(make, chunk_at("Sun and moon agree."), header=header, read=True)
    assert (read.text, read.search) == (expected, None)


def test_a_text_that_is_searched_apart_keeps_its_own(make) -> None:
    chunk = chunk_at("Twice a month. Sun and moon agree.", search="Sun and moon agree.")
    found = headed(make, chunk, header="title", read=True)
    assert found.text == "Tides\n\nTwice a month. Sun and moon agree."
    assert found.search == "Tides\n\nSun and moon agree."
    found = headed(make, chunk, header="title")
    assert found.text == chunk.text
    assert found.search == "Tides\n\nSun and moon agree."


def test_a_title_that_is_there_already_is_not_repeated(make) -> None:
    chunk = chunk_at("Sun and moon agree.", text="Tides\n\nSun and moon agree.")
    assert headed(make, chunk, header="title") == chunk
    found = headed(make, chunk, header="headings", read=True)
    assert found.text == "Tides\n\nSpring tides\n\nSun and moon agree."


def test_what_the_chunk_itself_says_is_not_put_before_it(make) -> None:
    chunk = headed(make, chunk_at("They rise and fall."), header="first_sentence")
    assert chunk.searched == "Tides\n\nThey rise and fall."
    begins = Documents([Document("d", "They rise", "They rise and fall.")])
    same = Chunk("d", 0, 19, "They rise and fall.")
    assert headed(make, same, begins, header="all") == same


def test_the_headings_of_a_page_are_those_of_its_metadata(make) -> None:
    outline = {"headings": [[0, 5, 1], [7, 13, 2]], "blocks": []}
    page = Document("p", "", "Tides\n\nSpring\n\n# hash", {"html_outline": outline})
    chunk = Chunk("p", 15, 21, "# hash")
    assert headed(make, chunk, Documents([page])).searched == "Tides > Spring\n\n# hash"


def test_a_first_sentence_without_end_is_cut(make) -> None:
    text = "word " * 500 + "end. Last one."
    documents = Documents([Document("d", "", text)])
    chunk = Chunk("d", len(text) - 9, len(text), "Last one.")
    found = headed(make, chunk, documents, header="first_sentence")
    assert count_tokens(found.searched) == LONGEST_SENTENCE + count_tokens("Last one.")


def test_a_document_that_says_nothing_of_itself_changes_nothing(make) -> None:
    documents = Documents([Document("d", " ", "Only this.")])
    chunk = Chunk("d", 0, 10, "Only this.")
    assert headed(make, chunk, documents, header="all") == chunk


def test_a_chunk_is_found_by_the_heading_above_it(make, indexes) -> None:
    splitter = make("recursive_splitter", chunk_tokens=8, overlap=0.0, titles=False)
    plain = splitter.split(DOCUMENTS)
    found = make("contextual_headers").transform(plain, DOCUMENTS)
    bm25 = make("bm25", k=10)
    question = Query("spring")
    before = bm25.retrieve(question, bm25.index(plain, indexes))
    after = bm25.retrieve(question, bm25.index(found, indexes))
    assert not any("Sun and moon" in passage.text for passage in before)
    assert any("Sun and moon" in passage.text for passage in after)
    assert {passage.text for passage in after} <= {chunk.text for chunk in plain}


def test_chunks_of_other_documents_are_an_error(make) -> None:
    with pytest.raises(ComponentError, match="'elsewhere'"):
        headed(make, Chunk("elsewhere", 0, 1, "x"))
