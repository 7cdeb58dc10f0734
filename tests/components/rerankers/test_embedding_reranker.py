from __future__ import annotations

import pytest

from syftr_like.contracts import Chunk, Chunks, Passage, Query

TEXTS = ["otters eat urchins", "falcons dive fast", "urchins graze kelp", "kelp feeds fish"]
CHUNKS = Chunks(Chunk("d", i, i + 1, text) for i, text in enumerate(TEXTS))
PASSAGES = tuple(Passage(chunk, 0.0) for chunk in CHUNKS)


def test_shares_the_vectors_of_dense(make, indexes) -> None:
    make("dense").prepare({"chunks": CHUNKS}, indexes)
    before = len(indexes.recipes)
    make("embedding_reranker").prepare({"chunks": CHUNKS}, indexes)
    assert len(indexes.recipes) == before


def test_scores_are_the_cosines_of_dense(make, indexes) -> None:
    dense, reranker = make("dense", k=4), make("embedding_reranker", top=4)
    inputs = {"question": Query("what do otters and urchins eat"), "chunks": CHUNKS}
    cosines = {p.chunk: p.score for p in dense.run(inputs, dense.prepare(inputs, indexes))}
    found = reranker.run({**inputs, "passages": PASSAGES}, reranker.prepare(inputs, indexes))
    for passage in found:
        assert passage.score == pytest.approx(cosines[passage.chunk], abs=1e-6)
