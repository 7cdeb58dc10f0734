"""A judge's choice is read as it was meant, or not at all."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.readers.chosen_answer import chosen_answer
from syftr_like.components.reply_forms import UnreadableReplyError


@pytest.mark.parametrize(
    "reply",
    [
        "2",
        "2.",
        "(2)",
        "**2**",
        "Answer 2",
        "**Answer 2**",
        "Answer: 2",
        "Answer #2",
        "Best: 2",
        "**Best:** 2",
        "Best answer: Answer 2",
        "The best answer is 2.",
        "The best answer is Answer 2",
        "My choice is 2",
        "Final answer: 2",
        "2. Georg Steller",
        "Answer 2: Georg Steller",
        "2 - it is supported by [1]",
        "2\n\nAnswer 2 gives the full name, which answer 1 does not.",
        "Answer 1 names the wrong man, answer 2 the right one.\n\nBest: 2",
        "Answer 2 is better than Answer 1",
        "Answer 2 is clearly better than Answer 1.",
        "Answer 2 is the best one, since Answer 1 is not supported.",
        "Answer 2 is best supported by the passages.",
        "Answer 1 is worse; answer 2 is better.",
        "Answer 1 is worse but answer 2 is better.",
        "2 is the best answer.",
        "Answer 2 is correct.",
        "I choose answer 2 over answer 1.",
        "I would pick 2.",
        "The correct answer is 2, because [1] says so.",
        "Answer 2 has the full name.",
        "<think>Answer 1 is better than answer 2.\nBest: 1</think>\n2",
        "Best: 1? No.</think>2",
    ],
)
def test_a_choice_is_read_however_it_is_put(reply: str) -> None:
    assert chosen_answer(reply, 3) == 1


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "<think>2</think>",
        "Neither.",
        "0",
        "4",
        "-",
        "12",
        "1789",
        "2.5",
        "1 or 2",
        "1, 2",
        "1\n2",
        "1/2",
        "Best: 1 or 2",
        "The best answer is 2 or 3.",
        "Both are fine.",
        "Answer 1 and answer 2 are correct.",
        "Answers 1 and 2 are both good.",
        "Answer 1 is correct. Answer 2 is also correct.",
        "Answer 1 is correct; so is answer 2.",
        "Answer 1 is correct, but answer 2 is better written.",
        "Answer 1 is better than Answer 2. Answer 2 is better supported.",
        "Answer 1 is not the best.",
        "Answer 1 is not better than answer 2.",
        "Answer 1 isn't correct.",
        "Answer 1 is wrong.",
        "Neither answer 1 nor answer 2 is correct.",
        "I don't think that answer 2 is better.",
        "If [1] is right, answer 2 is better.",
        "Answer 1: Bering\nAnswer 2: Steller",
        "There are 2 answers that are right.",
        "Steller",
    ],
)
def test_any_other_reply_is_refused_in_words(reply: str) -> None:
    with pytest.raises(UnreadableReplyError, match="reply with 1, 2 or 3 alone"):
        chosen_answer(reply, 3)


@given(st.text(max_size=80), st.integers(2, 9))
def test_a_choice_is_one_of_the_answers(reply: str, count: int) -> None:
    with contextlib.suppress(UnreadableReplyError):
        assert 0 <= chosen_answer(reply, count) < count


@given(st.integers(2, 9), st.data())
def test_the_number_alone_is_always_read(count: int, data: st.DataObject) -> None:
    number = data.draw(st.integers(1, count))
    assert chosen_answer(str(number), count) == number - 1
