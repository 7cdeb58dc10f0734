from __future__ import annotations

import math

import pytest

from syftr_like.components.rerankers.lexical_reranker import LexicalReranker
from syftr_like.contracts import Chunk, Chunks, Passage, Query


def passages_of(*texts: str) -> list[Passage]:
    return [Passage(Chunk("d", i, i + 1, text), 0.0) for i, text in enumerate(texts)]


def rerank(question: str, *texts: str, **values) -> list[Passage]:
    reranker = LexicalReranker(LexicalReranker.Parameters(**values))
    return list(reranker.rerank(Query(question), passages_of(*texts)))


APART = "amber lies far away from where people see any resin"
CLOSE = "amber resin lies far away from where people see any"


def test_words_that_stand_together_win() -> None:
    assert rerank("amber resin", APART, CLOSE)[0].text == CLOSE


def test_without_proximity_only_presence_counts() -> None:
    first, second = rerank("amber resin", APART, CLOSE, proximity=0.0)
    assert first.score == second.score
    assert first.text == APART


def test_the_score_is_that_of_the_paper() -> None:
    texts = ("amber xx resin", "yy", "zz ww")
    best = rerank("amber resin", *texts, proximity=2.0, stemming=False)[0]
    idf = math.log(1 + (3 - 1 + 0.5) / (1 + 0.5))
    length = 1.2 * (1 - 0.75 + 0.75 * 3 / 2)
    near = idf / 2**2
    expected = 2 * idf / (1 + length) + 2.0 * 2 * min(1, idf) * near / (near + length)
    assert best.score == pytest.approx(expected)


def test_rarity_is_taken_from_the_chunks_where_they_are_wired(indexes) -> None:
    passages = passages_of("amber stone", "amber stone", "amber stone", "resin stone")
    others = [Chunk("e", i, i + 1, "resin and stone") for i in range(50)]
    chunks = Chunks([*(p.chunk for p in passages), *others])
    reranker = LexicalReranker()
    alone = reranker.rerank(Query("amber or resin"), passages)
    wired = reranker.rerank(
        Query("amber or resin"), passages, reranker.prepare({"chunks": chunks}, indexes)
    )
    assert alone[0].text == "resin stone"  # the rarest among the passages
    assert wired[0].text == "amber stone"  # the rarest among all chunks


def test_a_word_is_not_close_to_itself() -> None:
    texts = ("amber amber", "zz zz")
    with_proximity = rerank("amber resin", *texts, proximity=5.0)[0].score
    assert with_proximity == rerank("amber resin", *texts, proximity=0.0)[0].score
