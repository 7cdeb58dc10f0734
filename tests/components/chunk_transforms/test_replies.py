"""Reading what models write about chunks."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.chunk_transforms.replies import questions_in, sentence_in
from syftr_like.errors import ComponentError
from syftr_like.planning.dry_models import REPLY

QUESTIONS = ["What floats?", "Who dances?"]


@pytest.mark.parametrize(
    "reply",
    [
        "What floats?\nWho dances?",
        "1. What floats?\n2) Who dances?",
        "- What floats?\n\n* Who dances?\n",
        "Here are two questions:\n\n  What floats?\n  Who dances?",
        '"What floats?"\n**Who dances?**',
        '["What floats?", "Who dances?"]',
        '```json\n["What floats?", "Who dances?"]\n```',
        "<think>Amber, bees?</think>What floats?\nWho dances?",
        "Q1: What floats?\nQ2: Who dances?",
        "What floats?\nWHAT FLOATS?\nWho dances?\nWhat more?",
        "What floats?\n---\nWho dances?",
    ],
)
def test_questions_are_read_whatever_decorates_them(reply: str) -> None:
    assert questions_in(reply, 2, 60) == QUESTIONS


@pytest.mark.parametrize(
    "reply", ["", "  \n", "```\n```", "[]", "<think>What floats?", "?!", "---"]
)
def test_a_reply_without_a_question_is_an_error(reply: str) -> None:
    with pytest.raises(ComponentError, match="no question"):
        questions_in(reply, 2, 60)
    with pytest.raises(ComponentError, match="empty"):
        sentence_in(reply, 60)


def test_a_text_is_no_question_and_no_sentence() -> None:
    with pytest.raises(ComponentError, match="61 words"):
        questions_in("word " * 61, 2, 60)
    with pytest.raises(ComponentError, match="61 words"):
        sentence_in("word " * 61, 60)


@pytest.mark.parametrize(
    "reply",
    [
        "It is about amber.",
        "Context: It is about amber.",
        "**Sentence:** It is about amber.",
        '"It is about amber."',
        "```\nIt is\nabout amber.\n```",
        "<think>What is it?</think>\n\nIt is about amber.",
    ],
)
def test_a_sentence_is_read_whatever_decorates_it(reply: str) -> None:
    assert sentence_in(reply, 60) == "It is about amber."


def test_what_a_plan_takes_for_a_reply_can_be_read() -> None:
    assert questions_in(REPLY, 3, 60)
    assert sentence_in(REPLY, 60) == "a short reply"


@given(reply=st.text(max_size=200) | st.text("[]\"'*`-1. ?\na:", max_size=40))
def test_any_reply_is_read_or_refused_in_words(reply: str) -> None:
    for read in (lambda: questions_in(reply, 3, 20), lambda: [sentence_in(reply, 20)]):
        try:
            found = read()
        except ComponentError:
            continue
        assert found
        for line in found:
            assert line == line.strip()
            assert "\n" not in line
            assert len(line.split()) <= 20
