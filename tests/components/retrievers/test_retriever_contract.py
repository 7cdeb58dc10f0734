"""What every retriever of the catalogue does, whatever its parameters."""

from __future__ import annotations

from functools import partial
from typing import Any

import pytest

from syftr_like.contracts import Adapter, Chunk, Chunks, Kind, Query
from syftr_like.contracts.registry import component_class, component_names

RETRIEVERS: list[tuple[str, dict[str, Any]]] = [
    (name, {})
    for name in component_names()
    if component_class(name).kind is Kind.RETRIEVER
    and not issubclass(component_class(name), Adapter)
]
RETRIEVERS += [
    ("dense", {"index": "hnsw"}),
    ("dense", {"index": "ivf_pq"}),
    ("funnel", {"evidence": "best"}),
    ("hybrid", {"fusion": "rrf"}),
    ("hybrid", {"normalisation": "z_score"}),
    ("hybrid", {"normalisation": "distribution_based"}),
]
TEXTS = [
    "Amber is fossil resin that floats in salt water.",
    "A lighthouse warns ships of rocks and shallow water.",
    "Salt is won from sea water by evaporation in shallow ponds.",
    "Ships carried amber and salt along the coast.",
    "Amber is fossil resin that floats in salt water.",
    "東京 is a city on the coast.",
    "",
]
CHUNKS = Chunks(Chunk("d", 100 * i, 100 * i + len(t), t) for i, t in enumerate(TEXTS))
QUESTIONS = ["What floats in salt water?", "ships", "東京", "Why amber, salt and ships?"]


@pytest.fixture(params=RETRIEVERS, ids=lambda param: " ".join([param[0], *param[1].values()]))
def retriever(request: pytest.FixtureRequest, make):
    name, values = request.param
    return partial(make, name, **values)


def run(made, indexes, chunks: Chunks, question: str):
    prepared = made.prepare({"chunks": chunks}, indexes)
    return made.run({"chunks": chunks, "question": Query(question)}, prepared)


@pytest.mark.parametrize("question", QUESTIONS)
@pytest.mark.parametrize("k", [1, 2, 3, 7, 500])
def test_at_most_k_of_the_chunks_best_first_each_once(
    indexes, retriever, k: int, question: str
) -> None:
    found = run(retriever(k=k), indexes, CHUNKS, question)
    assert 0 < len(found) <= k
    assert all(passage.chunk in CHUNKS for passage in found)
    assert len({p.chunk for p in found}) == len(found)
    scores = [p.score for p in found]
    assert scores == sorted(scores, reverse=True)
    assert all(isinstance(score, float) for score in scores)


def test_fewer_passages_are_the_first_of_more(indexes, retriever) -> None:
    for question in QUESTIONS:
        more = run(retriever(k=6), indexes, CHUNKS, question)
        fewer = run(retriever(k=2), indexes, CHUNKS, question)
        assert [p.chunk for p in fewer] == [p.chunk for p in more[:2]]


def test_the_same_again(indexes, retriever) -> None:
    other = type(indexes)()
    for question in QUESTIONS:
        assert run(retriever(), indexes, CHUNKS, question) == run(
            retriever(), other, CHUNKS, question
        )


def test_a_chunk_finds_itself(indexes, retriever) -> None:
    for position in (0, 1, 2, 3, 5):
        best = run(retriever(), indexes, CHUNKS, TEXTS[position])[0]
        assert best.chunk.text == TEXTS[position]


@pytest.mark.parametrize("question", ["", "  ", "?!", "xylophone", "the of and"])
def test_a_question_without_a_known_word_gets_no_passages(
    indexes, retriever, question: str
) -> None:
    assert run(retriever(), indexes, CHUNKS, question) == ()


def test_one_chunk(indexes, retriever) -> None:
    found = run(retriever(), indexes, Chunks(CHUNKS[:1]), "amber")
    assert [p.chunk for p in found] == [CHUNKS[0]]


@pytest.mark.parametrize("texts", [[], [""], ["...", "  "], ["the of"]])
def test_nothing_to_find(indexes, retriever, texts: list[str]) -> None:
    chunks = Chunks(Chunk("d", 0, len(t), t) for t in texts)
    assert run(retriever(), indexes, chunks, "amber") == ()
