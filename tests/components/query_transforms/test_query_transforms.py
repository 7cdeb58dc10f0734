"""What each query transform searches for."""

from __future__ import annotations

import asyncio

import pytest

from syftr_like.contracts import Chunk, Chunks, Query
from syftr_like.errors import ComponentError

from ..scripted_llm import Script

QUESTION = Query("Which sea did Steller sail?")


def transformed(make, name: str, *replies: str, question: Query = QUESTION, **values) -> Query:
    llm = Script(*replies)
    component = make(name, llm=llm, **values)
    found = asyncio.run(component.arun({"question": question}, component.prepare({}, None)))
    assert llm.replies == []
    return found


def test_paraphrases_are_searched_beside_the_question(make) -> None:
    found = transformed(make, "multi_query", "1. What sea?\n2. Where to?\n3. And?", queries=2)
    assert found == Query(QUESTION.text, ("What sea?", "Where to?"))


def test_a_paraphrase_that_is_the_question_is_left_out(make) -> None:
    found = transformed(make, "multi_query", f"{QUESTION.text.upper()}\nWhat sea?")
    assert found.alternatives == ("What sea?",)


def test_paraphrases_must_be_some(make) -> None:
    with pytest.raises(ComponentError, match="one paraphrase per line"):
        transformed(make, "multi_query", "NONE", tries=1)


def test_sub_questions_are_searched_beside_the_question(make) -> None:
    found = transformed(make, "decompose", "Who was Steller?\nWhere did he sail?")
    assert found == Query(QUESTION.text, ("Who was Steller?", "Where did he sail?"))


def test_a_simple_question_is_left_alone(make) -> None:
    assert transformed(make, "decompose", "NONE") == QUESTION


def test_a_step_back_is_one_question(make) -> None:
    found = transformed(make, "step_back", "Who?\nWhen?", "What did Steller explore?")
    assert found == Query(QUESTION.text, ("What did Steller explore?",))


def test_a_rewritten_question_is_searched_instead(make) -> None:
    found = transformed(
        make, "rewrite", '"Steller voyage sea"', question=Query("Hi! Which?", ("a",))
    )
    assert found == Query("Steller voyage sea", ("a",))


def test_an_imagined_passage_is_searched_beside_the_question_or_instead(make) -> None:
    passage = "Steller sailed\n\nthe Bering Sea."
    beside = transformed(make, "hyde", passage)
    assert beside == Query(QUESTION.text, ("Steller sailed the Bering Sea.",))
    instead = transformed(make, "hyde", passage, keep_question=False)
    assert instead == Query("Steller sailed the Bering Sea.")


def test_several_passages_are_imagined_and_equal_ones_searched_once(make) -> None:
    found = transformed(make, "hyde", "One.", "Two.", "One.", passages=3, keep_question=False)
    assert found == Query("One.", ("Two.",))


@pytest.mark.parametrize(
    ("question", "keywords"),
    [
        ("What is the depth of the Bering Sea?", "depth Bering Sea"),
        ("Who wouldn't sail with Bering in the U.S.?", "sail Bering U.S"),
        ("Sea, sea and sea-otters", "Sea sea-otters"),
        ("What is it?", "What is it?"),
        ("", ""),
    ],
)
def test_content_words_in_their_order_each_once(make, question: str, keywords: str) -> None:
    assert make("keyword_query").transform(Query(question)) == Query(keywords)


def test_the_rarest_words_are_kept_where_chunks_are_wired(make, indexes) -> None:
    texts = ["the sea is deep"] * 5 + ["the sea has otters", "a sea and a gale"]
    chunks = Chunks(Chunk("d", i, i + 1, text) for i, text in enumerate(texts))
    component = make("keyword_query", words=2)
    question = Query("Is the deep sea for otters or zebras?")
    prepared = component.prepare({"chunks": chunks}, indexes)
    assert component.run({"question": question}, prepared) == Query("deep otters")
    assert component.run({"question": question}, None) == Query("deep sea")


def test_words_that_no_chunk_holds_only_fill_up(make, indexes) -> None:
    chunks = Chunks([Chunk("d", 0, 1, "the sea is deep")])
    question = Query("Zebras or the deep sea?")
    for words, kept in ((2, "deep sea"), (3, "Zebras deep sea")):
        component = make("keyword_query", words=words)
        prepared = component.prepare({"chunks": chunks}, indexes)
        assert component.run({"question": question}, prepared) == Query(kept)


def test_keywords_beside_the_question(make) -> None:
    found = make("keyword_query", keep_question=True).transform(QUESTION)
    assert found == Query(QUESTION.text, ("sea Steller sail",))


def test_other_languages_have_stop_words_of_their_own(make) -> None:
    found = make("keyword_query", language="german").transform(Query("Wie tief ist das Meer?"))
    assert found == Query("tief Meer")
