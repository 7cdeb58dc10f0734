from __future__ import annotations

import asyncio

import pytest

from syftr_like.contracts import Chunk, Chunks, Query

DOCUMENTS = {
    "amber": [
        "Amber is fossil resin.",
        "Divers gather it on the shore.",
        "It floats in salt water and burns with smoke.",
        "Insects are found inside.",
    ],
    "ships": [
        "Ships carry amber.",
        "Divers repair the hull at sea.",
        "A lighthouse warns of rocks on the shore.",
    ],
    "salt": ["Salt is won from sea water.", "Ponds dry in the sun; divers are of no use there."],
}


def chunks_of(documents: dict[str, list[str]]) -> Chunks:
    return Chunks(
        Chunk(name, 100 * n, 100 * n + len(text), text)
        for name, texts in documents.items()
        for n, text in enumerate(texts)
    )


CHUNKS = chunks_of(DOCUMENTS)


def found(make, indexes, question: str, chunks: Chunks = CHUNKS, **values) -> list[Chunk]:
    funnel = make("funnel", **values)
    index = funnel.index(chunks, indexes)
    return [passage.chunk for passage in funnel.retrieve(Query(question), index)]


def test_only_chunks_of_the_best_documents_are_found(make, indexes) -> None:
    question = "amber resin divers"
    assert {c.document for c in found(make, indexes, question, documents=1, k=9)} == {"amber"}
    two = {c.document for c in found(make, indexes, question, documents=2, k=9)}
    assert two == {"amber", "ships"}
    assert len({c.document for c in found(make, indexes, question, documents=9, k=9)}) == 3


def test_chunks_that_are_no_candidates_are_found_within_the_document(make, indexes) -> None:
    """`fossil resin` stands in one chunk only; the rest of its document comes by its vectors."""
    chunks = found(make, indexes, "fossil resin", documents=1, k=9, bm25_weight=0.5)
    assert chunks[0].text == "Amber is fossil resin."
    assert len(chunks) == len(DOCUMENTS["amber"])


def test_a_document_is_judged_by_its_best_candidate_or_by_all(make, indexes) -> None:
    chunks = chunks_of(
        {
            "one": ["amber amber amber", "stone", "stone", "stone"],
            "many": ["amber in stone", "amber in sand", "amber in clay", "stone"],
        }
    )
    best = found(make, indexes, "amber", chunks, documents=1, evidence="best", k=1)
    most = found(make, indexes, "amber", chunks, documents=1, evidence="sum", k=1)
    assert best[0].document == "one"
    assert most[0].document == "many"


def test_fewer_candidates_speak_for_fewer_documents(make, indexes) -> None:
    question = "divers and amber"
    narrow = found(make, indexes, question, candidates=1, documents=9, k=9)
    assert len({chunk.document for chunk in narrow}) == 1


@pytest.mark.parametrize("question", ["amber on the shore", "divers", "salt sea water"])
def test_with_all_documents_and_candidates_bm25_alone_decides_at_weight_1(
    make, indexes, question: str
) -> None:
    bm25 = make("bm25", k=9)
    expected = [p.chunk for p in bm25.retrieve(Query(question), bm25.index(CHUNKS, indexes))]
    assert found(make, indexes, question, documents=9, k=9, bm25_weight=1.0) == expected


def test_shares_its_indexes_with_bm25_and_dense(make, indexes) -> None:
    make("bm25").index(CHUNKS, indexes)
    make("dense").index(CHUNKS, indexes)
    built = len(indexes.recipes)
    make("funnel").index(CHUNKS, indexes)
    assert len(indexes.recipes) == built


def test_the_asynchronous_way_finds_the_same(make, indexes) -> None:
    funnel = make("funnel")
    index = funnel.index(CHUNKS, indexes)
    for question in ("amber divers", "xylophone"):
        query = Query(question)
        assert asyncio.run(funnel.aretrieve(query, index)) == funnel.retrieve(query, index)
    assert not funnel.asynchronous


def test_chunks_that_are_read_alike_are_one_passage_and_one_candidate(make, indexes) -> None:
    parents = [
        Chunk("d", 0, 40, "Amber floats. Amber burns.", search=part)
        for part in ("Amber floats.", "Amber burns.")
    ]
    other = Chunk("e", 0, 30, "Amber lies in a line of stone.")
    chunks = found(make, indexes, "amber", Chunks([*parents, other]), candidates=2, k=5)
    assert [chunk.place for chunk in chunks].count(parents[0].place) == 1
    assert {chunk.document for chunk in chunks} == {"d", "e"}
