"""What every chunk transform of the catalogue does, alone and after others."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.contracts import Adapter, Chunks, Document, Documents, Kind
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.flow.chunks_form import dump_chunks, load_chunks

from ..conftest import MemoryIndexes, make_component
from .models import Replying, first_word_again

TRANSFORMS = [
    name
    for name in component_names()
    if component_class(name).kind is Kind.CHUNK_TRANSFORM
    and not issubclass(component_class(name), Adapter)
]
NEEDED: dict[str, dict[str, Any]] = {
    "filter_chunks": {"field": "language", "values": ["en"], "missing": "keep"},
    "llm_headers": {"llm": Replying(first_word_again)},
    "predicted_queries": {"llm": Replying(first_word_again)},
}
"""What a transform must be told."""

CASES = [
    *((name, NEEDED.get(name, {})) for name in TRANSFORMS),
    ("contextual_headers", {"header": "title", "read": True}),
    ("contextual_headers", {"header": "first_sentence"}),
    ("contextual_headers", {"header": "all", "read": True}),
    ("deduplicate_chunks", {"threshold": 0.3, "shingle_words": 1}),
    ("deduplicate_chunks", {"threshold": 1.0}),
    ("llm_headers", {**NEEDED["llm_headers"], "read": True, "document_tokens": 64}),
    ("prune_chunks", {"keep": 0.3}),
    ("prune_chunks", {"keep": 1.0, "by": "rarity"}),
]
DROPPING = {"deduplicate_chunks", "filter_chunks", "prune_chunks"}
SPLITTERS = [
    ("recursive_splitter", {"chunk_tokens": 8}),
    ("markdown_splitter", {"chunk_tokens": 12}),
    ("sentence_window", {"around": 1}),
    ("parent_child", {"parent_tokens": 16, "child_tokens": 8, "titles": False}),
]
DOCUMENTS = Documents(
    [
        Document("a", "Tides", "# Tides\n\nThey rise. They fall.\n\n## Spring\n\nTwice a month.",
                 {"language": "en"}),
        Document("b", "", "東京は大きい。とても。 emoji 👩‍🚀 and words, many of them.\n\n?!"),
        Document("c", "Empty", " \n"),
        Document("d", "Tides", "Tides\n\nThey rise. They fall. They rise. They fall. No more.",
                 {"language": "de"}),
        Document("e", "Copy", "They rise. They fall.", {"language": "en"}),
    ]
)  # fmt: skip
texts = st.lists(
    st.sampled_from(["It floats. ", "word ", "# Head\n", "\n\n", "Why? ", "é", "東", "-- ", "a"]),
    max_size=60,
).map("".join)


def applied(case, chunks: Chunks, documents: Documents = DOCUMENTS) -> Chunks:
    name, values = case
    transform = make_component(name, **values)
    inputs = {"chunks": chunks, "documents": documents}
    inputs = {port: inputs[port] for port in transform.inputs}
    return transform.run(inputs, transform.prepare(inputs, MemoryIndexes()))


def split(case, documents: Documents = DOCUMENTS) -> Chunks:
    return make_component(case[0], **case[1]).split(documents)


def check(documents: Documents, before: Chunks, after: Chunks) -> None:
    texts = {document.id: document.text for document in documents}
    rest = iter(before)
    for chunk in after:
        source = next(
            (c for c in rest if (c.document, c.start, c.end)
             == (chunk.document, chunk.start, chunk.end)
             and c.searched.rsplit("\n\n", 1)[-1] in chunk.searched), None
        )  # fmt: skip
        assert source is not None, "out of order, or of no chunk that was there"
        assert chunk.text.endswith(texts[chunk.document][chunk.start : chunk.end])
        assert chunk.searched.strip()
        assert chunk.search != chunk.text
    loaded = load_chunks(dump_chunks(after, documents), documents)
    assert loaded.fingerprint == after.fingerprint


@pytest.mark.parametrize("splitter", SPLITTERS, ids=str)
@pytest.mark.parametrize("case", CASES, ids=str)
def test_places_are_exact_and_in_order(case, splitter) -> None:
    before = split(splitter)
    after = applied(case, before)
    check(DOCUMENTS, before, after)
    if case[0] not in DROPPING:
        assert len(after) == len(before)


@settings(max_examples=150, deadline=None)
@given(
    written=st.lists(texts, min_size=1, max_size=4),
    splitter=st.sampled_from(SPLITTERS),
    cases=st.lists(st.sampled_from(CASES), max_size=5),
)
def test_they_work_after_each_other_in_any_order(written, splitter, cases) -> None:
    documents = Documents(
        Document(f"d{n}", "Head" * (n % 2), text, {"language": "en"} if n < 2 else {})
        for n, text in enumerate(written)
    )
    before = chunks = split(splitter, documents)
    for case in cases:
        chunks = applied(case, chunks, documents)
    check(documents, before, chunks)
    if before and not {name for name, _ in cases} & DROPPING:
        assert len(chunks) == len(before)


@pytest.mark.parametrize("case", CASES, ids=str)
def test_the_same_again(case) -> None:
    chunks = split(SPLITTERS[0])
    assert applied(case, chunks).fingerprint == applied(case, chunks).fingerprint


@pytest.mark.parametrize("case", CASES, ids=str)
def test_no_chunks(case) -> None:
    assert len(applied(case, Chunks(()))) == 0


@pytest.mark.parametrize("case", CASES, ids=str)
def test_one_chunk_stays(case) -> None:
    chunks = Chunks(split(SPLITTERS[0])[:1])
    assert len(applied(case, chunks)) == 1


@pytest.mark.parametrize("name", ["contextual_headers", "deduplicate_chunks", "filter_chunks"])
def test_applied_twice_it_changes_nothing_more(name: str) -> None:
    case = (name, NEEDED.get(name, {}))
    once = applied(case, split(SPLITTERS[1]))
    assert applied(case, once).fingerprint == once.fingerprint


def test_what_stands_alone_is_what_runs_in_a_flow() -> None:
    chunks = split(SPLITTERS[0])
    for name in TRANSFORMS:
        transform = make_component(name, **NEEDED.get(name, {}))
        alone = transform.transform(chunks, DOCUMENTS)
        assert alone.fingerprint == applied((name, NEEDED.get(name, {})), chunks).fingerprint
