from __future__ import annotations

import pytest

from syftr_like.contracts import Chunk, Chunks, Document, Documents, fingerprint
from syftr_like.errors import ComponentError

DOCUMENTS = Documents(
    [
        Document("en", "", "x", {"language": "en", "year": 2020, "tags": ["a", "b"]}),
        Document("de", "", "x", {"language": "de", "year": 2021.0, "draft": True}),
        Document("old", "", "x", {"year": "2020", "tags": "ab"}),
        Document("bare", "", "x"),
    ]
)
CHUNKS = Chunks(Chunk(document.id, 0, 1, "x") for document in DOCUMENTS)


def kept(make, **values) -> list[str]:
    found = make("filter_chunks", **values).transform(CHUNKS, DOCUMENTS)
    return [chunk.document for chunk in found]


@pytest.mark.parametrize(
    ("field", "values", "expected"),
    [
        ("language", ["en"], ["en"]),
        ("language", ["en", "de", "fr"], ["en", "de"]),
        ("year", [2020], ["en"]),
        ("year", [2021], ["de"]),
        ("year", ["2020"], ["old"]),
        ("draft", [True], ["de"]),
        ("tags", ["b"], ["en"]),
        ("tags", ["ab"], ["old"]),
    ],
)
def test_documents_with_one_of_the_values_stay(make, field, values, expected) -> None:
    assert kept(make, field=field, values=values) == expected


def test_documents_without_the_entry_may_stay(make) -> None:
    assert kept(make, field="language", values=["en"], missing="keep") == ["en", "old", "bare"]


def test_one_is_not_true(make) -> None:
    with pytest.raises(ComponentError, match="'draft' is nowhere one of 1, but True"):
        kept(make, field="draft", values=[1])


def test_a_filter_that_leaves_nothing_is_an_error_that_says_what_there_is(make) -> None:
    with pytest.raises(ComponentError, match="nowhere one of 'fr', but 'en', 'de'"):
        kept(make, field="language", values=["fr"])


def test_an_entry_that_no_document_has_is_an_error_that_names_the_nearest(make) -> None:
    with pytest.raises(ComponentError, match="did you mean 'language'"):
        kept(make, field="langauge", values=["en"])


def test_the_values_are_part_of_the_address_of_what_is_kept(make) -> None:
    one = make("filter_chunks", field="language", values=["en"])
    other = make("filter_chunks", field="language", values=["de"])
    assert one.key != other.key


def test_changed_metadata_is_changed_content() -> None:
    """Else chunks that were kept under the old metadata would be found in the cache."""
    changed = Documents(
        [Document("en", "", "x", {**DOCUMENTS[0].metadata, "language": "de"}), *DOCUMENTS[1:]]
    )
    assert changed.fingerprint != DOCUMENTS.fingerprint
    assert Documents(DOCUMENTS).fingerprint == DOCUMENTS.fingerprint
    bare = Documents([Document("a", "b", "c")])
    assert bare.fingerprint == fingerprint("a", "b", "c"), "as it was before metadata counted"


@pytest.mark.parametrize(
    "values", [{"values": ["a"]}, {"field": "a"}, {"field": "a", "values": []}]
)
def test_field_and_values_must_be_named(make, values) -> None:
    with pytest.raises(ValueError, match="validation error"):
        make("filter_chunks", **values)
