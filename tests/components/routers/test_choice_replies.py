"""What a model's reply is taken to choose, and to hold for likely."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.reply_forms import UnreadableReplyError
from syftr_like.components.routers.choice_replies import (
    chosen_name,
    likelihood,
)

NAMES = ["small", "large model", "7"]


@pytest.mark.parametrize(
    ("reply", "name"),
    [
        ("1", "small"),
        ("2.", "large model"),
        ("**2**", "large model"),
        ("[1]", "small"),
        ("Number: 2", "large model"),
        ("The choice is 1", "small"),
        ("Answer: `small`", "small"),
        ('"Large Model".', "large model"),
        ("2. large model", "large model"),
        ("2. large model: for hard questions", "large model"),
        ("<think>1 or 2? 1.</think>\n2", "large model"),
        ("7", "7"),
        ("3", "7"),
    ],
)
def test_a_number_or_a_name_with_what_may_stand_around_it(reply: str, name: str) -> None:
    assert chosen_name(reply, NAMES) == name


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "  ",
        "0",
        "4",
        "-1",
        "1 or 2",
        "small or large model",
        "1. large model",
        "one",
        "²",
        "1.5",
    ],
)
def test_what_chooses_none_or_several_is_unreadable(reply: str) -> None:
    with pytest.raises(UnreadableReplyError, match="not one of the numbers 1 to 3"):
        chosen_name(reply, NAMES)


@pytest.mark.parametrize(
    ("reply", "probability"),
    [
        ("85", 0.85),
        ("85%", 0.85),
        ("**85 %**", 0.85),
        ("Probability: 85 percent.", 0.85),
        ("85/100", 0.85),
        ("85 out of 100", 0.85),
        ("0.85", 0.85),
        ("0.5%", 0.005),
        ("0", 0.0),
        ("1", 0.01),
        ("1.0", 1.0),
        ("100", 1.0),
        ("<think>90? no, 20</think> 20", 0.2),
    ],
)
def test_a_probability(reply: str, probability: float) -> None:
    assert likelihood(reply) == pytest.approx(probability)


@pytest.mark.parametrize(
    "reply", ["", "likely", "101", "-5", "80 or 90", "80-90", "yes, 80", "nan"]
)
def test_what_states_none_or_several_is_unreadable(reply: str) -> None:
    with pytest.raises(UnreadableReplyError, match="not a number from 0 to 100"):
        likelihood(reply)


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    for read, good in (
        (likelihood, lambda value: 0 <= value <= 1),
        (lambda reply: chosen_name(reply, NAMES), NAMES.__contains__),
    ):
        with contextlib.suppress(UnreadableReplyError):
            assert good(read(text))
