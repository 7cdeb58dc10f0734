"""Chunks that are searched by another text than they are read by; questions with alternatives."""

from __future__ import annotations

from syftr_like.components.retrievers.bm25 import Bm25Retriever
from syftr_like.contracts import Chunk, Chunks, Document, Documents, Query
from syftr_like.flow import IndexStore
from syftr_like.flow.chunks_form import dump_chunks, load_chunks

PARENT = "The harbour opens at seven. The ferry leaves at nine."
DOCUMENTS = Documents([Document("d", "D", PARENT), Document("e", "E", "The lamp turns slowly.")])


def family() -> Chunks:
    """Two sentences that lead to the paragraph they stand in, and a chunk like any other."""
    return Chunks(
        [
            Chunk("d", 0, len(PARENT), PARENT, search="The harbour opens at seven."),
            Chunk("d", 0, len(PARENT), PARENT, search="The ferry leaves at nine."),
            Chunk("e", 0, 22, "The lamp turns slowly."),
        ]
    )


def retrieve(query: Query, k: int) -> list[str]:
    retriever = Bm25Retriever(Bm25Retriever.Parameters(k=k))
    index = retriever.index(family(), IndexStore())
    return [p.text for p in retriever.run({"question": query}, index)]


def test_chunks_that_are_read_alike_are_one_passage() -> None:
    assert retrieve(Query("When does the harbour open and the ferry leave?"), 5) == [PARENT]


def test_they_take_one_place_of_k() -> None:
    found = retrieve(Query("harbour ferry lamp"), 2)
    assert found == [PARENT, "The lamp turns slowly."]


def test_alternatives_are_searched_for_as_well() -> None:
    assert retrieve(Query("lamp"), 2) == ["The lamp turns slowly."]
    assert set(retrieve(Query("lamp", ("ferry",)), 2)) == {"The lamp turns slowly.", PARENT}


def test_what_is_searched_is_part_of_the_content_and_is_kept() -> None:
    chunks = family()
    plain = Chunks(Chunk(c.document, c.start, c.end, c.text) for c in chunks)
    assert chunks.fingerprint != plain.fingerprint
    assert list(load_chunks(dump_chunks(chunks, DOCUMENTS), DOCUMENTS)) == list(chunks)
