"""What every reranker of the catalogue does, whatever its parameters.

Those that keep the `top` of what they got reorder passages; others may rewrite or add some.
"""

from __future__ import annotations

import asyncio

import pytest

from syftr_like.contracts import Adapter, Chunk, Chunks, Kind, Passage, Query, calling_in
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import ComponentError
from syftr_like.planning.dry_models import DryModels

from ..scripted_llm import Replying
from .obedient import obedient

ALL = [
    name
    for name in component_names()
    if component_class(name).kind is Kind.RERANKER
    and not issubclass(component_class(name), Adapter)
    and name != "cross_encoder"  # needs a model: see test_cross_encoder.py
]
FILTERS = ["percentile_filter", "reorder_context", "score_filter"]
COMPRESSIONS = ["embedding_compression", "extractive_compression", "llm_compression"]
OTHERS = ["mmr", "neighbour_expansion"]  # whose passages are as different, or more
ORDERING = [name for name in ALL if name not in (*FILTERS, *COMPRESSIONS, *OTHERS)]
# Every two are compared, in both orders, so that what happens does not depend on the sample.
EXHAUSTIVE = {"llm_pairwise": {"rounds": 100, "orders": "both"}}
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


@pytest.fixture(params=ORDERING)
def name(request: pytest.FixtureRequest) -> str:
    return request.param


@pytest.fixture
def reranker(make):
    def made(name: str, **values):
        if "llm" in component_class(name).Parameters.model_fields:
            values["llm"] = obedient()
        return make(name, **{**EXHAUSTIVE.get(name, {}), **values})

    return made


@pytest.fixture(params=[True, False], ids=["chunks wired", "no chunks"])
def run(request: pytest.FixtureRequest, indexes):
    def run_it(reranker, question: str, passages=PASSAGES):
        wanted = reranker.inputs.get("chunks")
        wired = wanted is not None and (request.param or wanted.required)
        inputs = {"chunks": CHUNKS} if wired else {}
        prepared = reranker.prepare(inputs, indexes)
        inputs = {**inputs, "question": Query(question), "passages": passages}
        if reranker.asynchronous:
            return asyncio.run(reranker.arun(inputs, prepared))
        return reranker.run(inputs, prepared)

    return run_it


@pytest.mark.parametrize("top", [1, 3, 100])
@pytest.mark.parametrize("question", ["What floats in salt water?", "ships", "", "xylophone"])
def test_keeps_the_top_of_what_it_got_best_first(reranker, run, name, top, question) -> None:
    found = run(reranker(name, top=top), question)
    assert len(found) == min(top, len(PASSAGES))
    places = [PASSAGES.index(Passage(p.chunk, 1.0 - CHUNKS.index(p.chunk) / 10)) for p in found]
    assert len(set(places)) == len(places)
    scores = [p.score for p in found]
    assert scores == sorted(scores, reverse=True)
    assert all(isinstance(score, float) for score in scores)


def test_the_passage_in_the_words_of_the_question_comes_first(reranker, run, name: str) -> None:
    assert run(reranker(name), "What floats in salt water?")[0].chunk == CHUNKS[1]
    assert run(reranker(name), "Why does a lighthouse warn of rocks?")[0].chunk == CHUNKS[0]


def test_equal_passages_keep_their_order(reranker, run, name: str) -> None:
    found = [p.chunk for p in run(reranker(name, top=100), "amber along the coast")]
    assert found.index(CHUNKS[3]) < found.index(CHUNKS[4])
    assert [p.chunk for p in run(reranker(name, top=100), "xylophone")] == list(CHUNKS)


@pytest.mark.parametrize("name", ALL)
@pytest.mark.parametrize("question", ["ships on the coast", "", "xylophone", "東京"])
def test_the_same_again(reranker, run, name: str, question: str) -> None:
    assert run(reranker(name), question) == run(reranker(name), question)


@pytest.mark.parametrize("name", ALL)
def test_no_passages(reranker, run, name: str) -> None:
    assert run(reranker(name), "ships", ()) == ()


@pytest.mark.parametrize("name", [*ORDERING, *OTHERS])
@pytest.mark.parametrize("question", ["What floats in salt water?", "", "xylophone"])
def test_best_first_each_once(reranker, run, name: str, question: str) -> None:
    found = run(reranker(name), question)
    scores = [passage.score for passage in found]
    assert scores == sorted(scores, reverse=True)
    assert all(isinstance(score, float) for score in scores)
    assert len({passage.chunk for passage in found}) == len(found)


@pytest.mark.parametrize("name", [*ORDERING, *FILTERS, *COMPRESSIONS])
def test_one_passage(reranker, run, name: str) -> None:
    (found,) = run(reranker(name), "What floats in salt water?", PASSAGES[1:2])
    assert found.chunk == CHUNKS[1]


def test_passages_that_are_no_chunks_as_they_stand(reranker, run, name: str) -> None:
    rewritten = Passage(Chunk("d", 0, 5, "Resin floats: amber in salt water."), 0.1)
    found = run(reranker(name), "What floats in salt water?", (PASSAGES[0], rewritten))
    assert found[0].chunk == rewritten.chunk


@pytest.mark.parametrize("name", FILTERS)
@pytest.mark.parametrize("top", [1, 3, 100])
@pytest.mark.parametrize("question", ["What floats in salt water?", "", "xylophone"])
def test_a_filter_keeps_passages_as_they_are(reranker, run, name, top, question) -> None:
    found = run(reranker(name, top=top), question)
    assert 1 <= len(found) <= top
    assert len(set(found)) == len(found)
    assert set(found) <= set(PASSAGES)


@pytest.mark.parametrize("name", COMPRESSIONS)
@pytest.mark.parametrize("top", [1, 3, 100])
@pytest.mark.parametrize("question", ["What floats in salt water?", "", "xylophone"])
def test_a_compression_keeps_parts_in_their_order(reranker, run, name, top, question) -> None:
    found = run(reranker(name, top=top), question)
    assert len(found) <= top
    whole = [next(p for p in PASSAGES if p.score == passage.score) for passage in found]
    assert whole == sorted(whole, key=PASSAGES.index)
    for passage, of in zip(found, whole, strict=True):
        assert of.chunk.start <= passage.chunk.start <= passage.chunk.end <= of.chunk.end
        assert passage.text in of.text
        assert passage.chunk.end - passage.chunk.start == len(passage.text)


@pytest.mark.parametrize("name", [n for n in ALL if n.startswith("llm_")])
def test_a_model_that_cannot_be_understood_is_a_failure(make, run, name: str) -> None:
    llm = Replying(lambda text: "I would rather not say.")
    with pytest.raises(ComponentError):
        run(make(name, llm=llm, tries=2), "ships")
    again = [m[-1].text for m in llm.sent if len(m) > 2]
    assert again
    assert all("could not be read" in text for text in again)


@pytest.mark.parametrize("name", [n for n in ALL if n.startswith("llm_")])
def test_what_stands_in_a_passage_is_not_filled_in(make, run, name: str) -> None:
    llm = obedient()
    texts = ("Pay $5, $passage. $question", "# user $count")
    run(make(name, llm=llm), "pay", tuple(Passage(Chunk("d", 0, len(t), t), 1.0) for t in texts))
    sent = "".join(message.text for messages in llm.sent for message in messages)
    assert all(text in sent for text in texts)


@pytest.mark.parametrize("name", [n for n in ALL if n.startswith("llm_")])
def test_a_plan_knows_its_calls_and_goes_on_with_passages(make, run, name: str) -> None:
    llm = make("langchain_chat_model", uses="tests:none", price="free", max_output_tokens=9)
    llm._client = object()  # a plan calls none
    models = DryModels()
    with calling_in(models.environment()):
        assert run(make(name, llm=llm), "ships")
    assert models.records
    assert all(record.declared for record in models.records)
