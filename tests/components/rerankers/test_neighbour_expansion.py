from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.rerankers.neighbour_expansion import NeighbourExpansion, order_of
from syftr_like.contracts import Chunk, Chunks, Document, Documents, Passage, Query

TEXT = "Amber floats.  It burns. Divers gather it.\n\nInsects are inside. Ponds are salt."
SPANS = [(0, 13), (15, 24), (25, 42), (44, 63), (64, 79)]
CHUNKS = [Chunk("d", start, end, TEXT[start:end]) for start, end in SPANS]
OTHER = [Chunk("e", 0, 6, "Ships."), Chunk("e", 7, 13, "Rocks.")]
ALL = Chunks([*CHUNKS, *OTHER])


def expand(passages, chunks=ALL, **values) -> list[Passage]:
    reranker = NeighbourExpansion(NeighbourExpansion.Parameters(**values))
    prepared = reranker.prepare({"chunks": chunks}, None)
    inputs = {"question": Query("?"), "passages": tuple(passages), "chunks": chunks}
    return list(reranker.run(inputs, prepared))


def test_a_merged_passage_spans_its_neighbours() -> None:
    (found,) = expand([Passage(CHUNKS[2], 0.7)])
    assert found.score == 0.7
    assert (found.chunk.document, found.chunk.start, found.chunk.end) == ("d", 15, 63)
    assert found.text == "It burns.\nDivers gather it.\nInsects are inside."


def test_added_neighbours_follow_their_passage_with_its_score() -> None:
    found = expand([Passage(CHUNKS[2], 0.7), Passage(OTHER[1], 0.4)], neighbours="add")
    assert found == [
        Passage(CHUNKS[2], 0.7),
        Passage(CHUNKS[1], 0.7),
        Passage(CHUNKS[3], 0.7),
        Passage(OTHER[1], 0.4),
        Passage(OTHER[0], 0.4),
    ]


def test_a_neighbour_that_was_found_itself_keeps_its_place() -> None:
    found = expand([Passage(CHUNKS[1], 0.9), Passage(CHUNKS[2], 0.5)], neighbours="add")
    assert found == [
        Passage(CHUNKS[1], 0.9),
        Passage(CHUNKS[0], 0.9),
        Passage(CHUNKS[2], 0.5),
        Passage(CHUNKS[3], 0.5),
    ]


def test_passages_that_stand_together_become_one_where_the_best_stood() -> None:
    found = expand(
        [Passage(CHUNKS[3], 0.9), Passage(OTHER[0], 0.6), Passage(CHUNKS[1], 0.5)],
        before=1,
        after=0,
    )
    assert [(p.chunk.document, p.chunk.start, p.chunk.end) for p in found] == [
        ("d", 0, 63),
        ("e", 0, 6),
    ]
    assert [p.score for p in found] == [0.9, 0.6]


def test_passages_that_stand_apart_stay_apart() -> None:
    found = expand([Passage(CHUNKS[4], 0.9), Passage(CHUNKS[0], 0.5)], before=0, after=1)
    assert [(p.chunk.start, p.chunk.end) for p in found] == [(64, 79), (0, 24)]


def test_neighbours_end_with_the_document() -> None:
    found = expand([Passage(OTHER[0], 1.0)], before=50, after=50)
    assert [p.text for p in found] == ["Ships.\nRocks."]


def test_what_overlapping_chunks_share_stands_once() -> None:
    text = "one two three four five"
    spans = [(0, 13), (4, 18), (8, 23)]
    chunks = Chunks(Chunk("d", s, e, text[s:e]) for s, e in spans)
    (found,) = expand([Passage(chunks[1], 1.0)], chunks)
    assert found.text == text


def test_a_title_before_each_chunk_stands_once() -> None:
    text = "Amber floats. It burns. Divers gather it."
    spans = [(0, 13), (9, 23), (24, 41)]
    chunks = Chunks(Chunk("d", s, e, f"Resins\n\n{text[s:e]}") for s, e in spans)
    (found,) = expand([Passage(chunks[1], 1.0)], chunks)
    assert found.text == "Resins\n\nAmber floats. It burns.\nDivers gather it."


@pytest.mark.parametrize("titles", [True, False])
@pytest.mark.parametrize("title", ["Amber", "Resins"])
def test_so_it_does_with_the_splitters_of_the_catalogue(make, titles: bool, title: str) -> None:
    text = "Amber floats in water. It burns with smoke. Divers gather it. Insects are inside it."
    splitter = make("recursive_splitter", chunk_tokens=8, overlap=0.0, titles=titles)
    chunks = splitter.split(Documents([Document("d", title, text)]))
    assert len(chunks) > 2
    (found,) = expand([Passage(chunks[1], 1.0)], chunks, before=9, after=9)
    read = found.text.replace("\n", " ").split()
    assert read == ([title] if titles and title == "Resins" else []) + text.split()


def test_chunks_with_headers_of_their_own_are_joined_whole() -> None:
    chunks = Chunks(
        [
            Chunk("d", 0, 5, "First: Amber"),
            Chunk("d", 3, 9, "Then: er red"),
            Chunk("d", 9, 11, "!?"),
        ]
    )
    (found,) = expand([Passage(chunks[1], 1.0)], chunks)
    assert found.text == "First: Amber\nThen: er red\n!?"


def test_shortened_chunks_are_joined_whole() -> None:
    chunks = Chunks([Chunk("d", 0, 50, "Amber floats."), Chunk("d", 40, 90, "Divers.")])
    assert expand([Passage(chunks[0], 1.0)], chunks)[0].text == "Amber floats.\nDivers."


def test_chunks_that_are_read_alike_are_one_neighbour() -> None:
    parents = [Chunk("d", 0, 9, "A parent.", search=part) for part in ("A", "parent")]
    chunks = Chunks([*parents, Chunk("d", 10, 16, "A son.")])
    assert expand([Passage(chunks[2], 1.0)], chunks, before=2)[0].text == "A parent.\nA son."
    assert expand([Passage(parents[1], 1.0)], chunks)[0].text == "A parent.\nA son."


@pytest.mark.parametrize("neighbours", ["merge", "add"])
def test_a_passage_that_is_no_chunk_stays_as_it_is(neighbours: str) -> None:
    rewritten = Passage(Chunk("d", 0, 13, "Amber, it floats."), 0.9)
    foreign = Passage(Chunk("x", 0, 5, "Other"), 0.8)
    found = expand([rewritten, foreign], neighbours=neighbours)
    assert found == [rewritten, foreign]


@pytest.mark.parametrize("neighbours", ["merge", "add"])
def test_without_neighbours_passages_apart_stay_as_they_are(neighbours: str) -> None:
    passages = [Passage(CHUNKS[4], 0.9), Passage(CHUNKS[0], 0.5), Passage(CHUNKS[2], 0.1)]
    assert expand(passages, before=0, after=0, neighbours=neighbours) == passages


@given(st.data())
def test_a_merged_text_is_that_of_the_document_wherever_chunks_touch(data: st.DataObject) -> None:
    text = data.draw(st.text("ab öé漢\n", min_size=1, max_size=60))
    size = data.draw(st.integers(1, 20))
    overlap = data.draw(st.integers(0, size - 1))
    chunks = Chunks(
        Chunk("d", start, min(start + size, len(text)), text[start : start + size])
        for start in range(0, len(text), size - overlap)
    )
    picked = data.draw(st.lists(st.sampled_from(list(chunks)), unique=True, max_size=5))
    around = data.draw(st.integers(0, 3))
    passages = [Passage(chunk, -float(n)) for n, chunk in enumerate(picked)]
    found = expand(passages, chunks, before=around, after=around)
    for passage in found:
        assert passage.text == text[passage.chunk.start : passage.chunk.end]
    covered = {n for p in found for n in range(p.chunk.start, p.chunk.end)}
    assert covered >= {n for chunk in picked for n in range(chunk.start, chunk.end)}
    scores = [p.score for p in found]
    assert scores == sorted(scores, reverse=True)


def test_the_order_is_that_of_the_documents_text() -> None:
    order = order_of(Chunks(reversed(list(ALL))))
    assert list(order.of_document["d"]) == CHUNKS
    assert [order.number[chunk.place] for chunk in CHUNKS] == [0, 1, 2, 3, 4]
