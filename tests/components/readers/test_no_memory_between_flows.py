"""What a component remembers of one flow must not make the next one look quicker."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syftr_like.components.reading import passage_tokens, question_type
from syftr_like.components.rerankers import lexical_reranker
from syftr_like.contracts import Chunk, Passage, Query

PASSAGES = (Passage(Chunk("d", 0, 24, "The gauge is due in May."), 1.0),)


def test_the_reader_starts_each_flow_with_nothing_read(make: Callable[..., Any]) -> None:
    make("extractive_reader").read(Query("When is the gauge due?"), PASSAGES)
    assert passage_tokens.analyse_passage.cache_info().currsize > 0

    make("extractive_reader").prepare({}, None)

    for memory in (
        passage_tokens.analyse_passage,
        passage_tokens.read_word,
        question_type.analyse_question,
    ):
        assert memory.cache_info().currsize == 0


def test_the_lexical_reranker_starts_each_flow_with_nothing_read(make: Callable[..., Any]) -> None:
    reranker = make("lexical_reranker")
    reranker.rerank(Query("When is the gauge due?"), PASSAGES)
    assert lexical_reranker._words.cache_info().currsize > 0

    make("lexical_reranker").prepare({}, None)

    assert lexical_reranker._words.cache_info().currsize == 0
