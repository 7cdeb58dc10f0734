"""What every reranker of the catalogue does, whatever its parameters.

Those that keep the `top` of what they got reorder passages; others may rewrite or add some.
"""

from __future__ import annotations

import pytest

from syftr_like.contracts import Adapter, Chunk, Chunks, Kind, Passage, Query
from syftr_like.contracts.registry import component_class, component_names

RERANKERS = [
    name
    for name in component_names()
    if component_class(name).kind is Kind.RERANKER
    and not issubclass(component_class(name), Adapter)
]
TEXTS = [
    "A lighthouse warns ships of rocks and shallow water.",
    "Amber is fossil resin that floats in salt water.",
    "Salt is won from sea water by evaporation in shallow ponds.",
    "Ships carried amber and salt along the coast.",
    "Ships carried amber and salt along the coast.",
    "Nothing of note.",
    "",
]
CHUNKS = Chunks(Chunk("d", 100 * i, 100 * i + len(t), t) for i, t in enumerate(TEXTS))
PASSAGES = tuple(Passage(chunk, 1.0 - i / 10) for i, chunk in enumerate(CHUNKS))


REORDERING = [name for name in RERANKERS if "top" in component_class(name).Parameters.model_fields]


@pytest.fixture(params=RERANKERS)
def any_name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=REORDERING)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture(params=[True, False], ids=["chunks wired", "no chunks"])
def run(request: pytest.FixtureRequest, indexes):
    def run_it(reranker, question: str, passages=PASSAGES):
        wanted = reranker.inputs.get("chunks")
        wired = wanted is not None and (request.param or wanted.required)
        inputs = {"chunks": CHUNKS} if wired else {}
        prepared = reranker.prepare(inputs, indexes)
        return reranker.run({**inputs, "question": Query(question), "passages": passages}, prepared)

    return run_it


@pytest.mark.parametrize("top", [1, 3, 100])
@pytest.mark.parametrize("question", ["What floats in salt water?", "ships", "", "xylophone"])
def test_keeps_the_top_of_what_it_got_best_first(make, run, name, top, question) -> None:
    found = run(make(name, top=top), question)
    assert len(found) == min(top, len(PASSAGES))
    places = [PASSAGES.index(Passage(p.chunk, 1.0 - CHUNKS.index(p.chunk) / 10)) for p in found]
    assert len(set(places)) == len(places)
    scores = [p.score for p in found]
    assert scores == sorted(scores, reverse=True)
    assert all(isinstance(score, float) for score in scores)


def test_the_passage_in_the_words_of_the_question_comes_first(make, run, name: str) -> None:
    assert run(make(name), "What floats in salt water?")[0].chunk == CHUNKS[1]
    assert run(make(name), "Why does a lighthouse warn of rocks?")[0].chunk == CHUNKS[0]


def test_equal_passages_keep_their_order(make, run, name: str) -> None:
    found = [p.chunk for p in run(make(name, top=100), "amber along the coast")]
    assert found.index(CHUNKS[3]) < found.index(CHUNKS[4])
    assert [p.chunk for p in run(make(name, top=100), "xylophone")] == list(CHUNKS)


def test_the_same_again(make, run, any_name: str) -> None:
    first = run(make(any_name), "ships on the coast")
    assert run(make(any_name), "ships on the coast") == first


def test_no_passages(make, run, any_name: str) -> None:
    assert run(make(any_name), "ships", ()) == ()


@pytest.mark.parametrize("question", ["What floats in salt water?", "", "xylophone"])
def test_best_first_each_once(make, run, any_name: str, question: str) -> None:
    found = run(make(any_name), question)
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    assert all(isinstance(score, float) for score in scores)
    assert len({passage.chunk for passage in found}) == len(found)


def test_passages_that_are_no_chunks_as_they_stand(make, run, name: str) -> None:
    rewritten = Passage(Chunk("d", 0, 5, "Resin floats: amber in salt water."), 0.1)
    found = run(make(name), "What floats in salt water?", (PASSAGES[0], rewritten))
    assert found[0].chunk == rewritten.chunk
