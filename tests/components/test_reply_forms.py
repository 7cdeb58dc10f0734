"""Replies are read strictly for what they mean and leniently for how they are dressed."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.reply_forms import (
    choice_of,
    is_none,
    lines_of,
    number_of,
    one_line,
    some_lines,
    undecorated,
    without_thoughts,
)
from syftr_like.errors import ComponentError

PLAIN = st.text(st.characters(categories=["Lu", "Ll", "Lo"]), min_size=4, max_size=20).filter(
    lambda text: not is_none(text)
)


@pytest.mark.parametrize(
    ("reply", "left"),
    [
        ("<think>Is it Lyon?\nNo.</think>\nParis", "Paris"),
        ("<thinking>Hm.</thinking>Paris", "Paris"),
        ("Is it Lyon? No.</think>\n\nParis", "Paris"),
        ("<think>Is it Lyon? And then the reply", ""),
        ("Paris", "Paris"),
    ],
)
def test_thoughts_are_no_part_of_a_reply(reply: str, left: str) -> None:
    assert without_thoughts(reply) == left


@pytest.mark.parametrize(
    "reply",
    [
        "Who was it?\nWhen was it?",
        "1. Who was it?\n2. When was it?",
        "1) Who was it?\n\n2) When was it?",
        "- Who was it?\n- When was it?",
        '* "Who was it?"\n* \u201cWhen was it?\u201d',
        "Here are two:\n- **Who was it?**\n- **When was it?**",
        "```\nWho was it?\nWhen was it?\n```",
        '```json\n["Who was it?", "When was it?"]\n```',
        "<think>Who knows?</think>\nWho was it?\nWho was it?\nwho was it?\nWhen was it?\n---",
    ],
)
def test_lines_are_read_however_they_are_dressed(reply: str) -> None:
    assert lines_of(reply, "lines") == ["Who was it?", "When was it?"]


@pytest.mark.parametrize("reply", ["NONE", "None.", "**none**", "<think>x</think> NONE"])
def test_none_is_no_line(reply: str) -> None:
    assert lines_of(reply, "lines") == []
    with pytest.raises(ComponentError, match="write lines"):
        some_lines(reply, "lines")


@pytest.mark.parametrize("reply", ["", "\n \n", "---", "<think>x</think>", "[]", '["", " "]'])
def test_no_line_at_all_is_told(reply: str) -> None:
    with pytest.raises(ComponentError, match="it is empty; write one per line"):
        lines_of(reply, "one per line")


@pytest.mark.parametrize(
    "line", ["J. K. Rowling wrote what?", '"Emma" and "Persuasion"', "1984 is what?", "-5 degrees"]
)
def test_what_belongs_to_a_line_stays(line: str) -> None:
    assert undecorated(line) == line


@given(st.lists(PLAIN, min_size=1, max_size=6, unique_by=str.casefold))
def test_numbered_lines_come_back_as_they_were(lines: list[str]) -> None:
    reply = "\n".join(f"{n}. {line}" for n, line in enumerate(lines, start=1))
    assert lines_of(reply, "lines") == lines


@given(st.text(max_size=200))
def test_any_reply_has_lines_or_is_an_error(reply: str) -> None:
    try:
        lines = lines_of(reply, "lines")
    except ComponentError:
        return
    assert all(line.strip() for line in lines)
    assert len({line.casefold() for line in lines}) == len(lines)


def test_several_lines_are_not_one() -> None:
    assert one_line("Here it is:\nWho was it?", "the question") == "Who was it?"
    with pytest.raises(ComponentError, match="2 lines; write the question"):
        one_line("Who?\nWhen?", "the question")


@pytest.mark.parametrize(
    "reply",
    ["7", "7.0", "**7**", "7/10", "7 out of 10", "Score: 7", "In 1751, so\n**Score:** 7/10"],
)
def test_a_number_is_read_however_it_is_dressed(reply: str) -> None:
    assert number_of(reply, 0, 10) == 7


@pytest.mark.parametrize(
    ("reply", "wrong"),
    [
        ("", "no numbers"),
        ("seven", "no numbers"),
        ("7 or 8", "2 numbers"),
        ("12", "12 is not a number from 0 to 10"),
        ("-1", "-1 is not"),
        ("Score: high", "no numbers"),
        ("4/5", "its scale ends at 5; reply with one number from 0 to 10"),
        ("Score: 80 out of 100", "its scale ends at 100"),
    ],
)
def test_anything_else_is_no_number(reply: str, wrong: str) -> None:
    with pytest.raises(ComponentError, match=wrong):
        number_of(reply, 0, 10)


@given(st.text(max_size=100))
def test_a_number_is_within_its_bounds_or_an_error(reply: str) -> None:
    with contextlib.suppress(ComponentError):
        assert 0 <= number_of(reply, 0, 10) <= 10


@pytest.mark.parametrize(
    "reply",
    ["B", "b", "**B**", "Passage B", "(B)", "Passage **B** is better.", "The better passage is B"],
)
def test_a_choice_is_read_however_it_is_dressed(reply: str) -> None:
    assert choice_of(reply, ("A", "B"), "passage") == "B"


@pytest.mark.parametrize("reply", ["", "C", "A B", "Passage A beats passage B", "A good question"])
def test_no_single_choice_is_told(reply: str) -> None:
    with pytest.raises(ComponentError, match="reply with A or B alone"):
        choice_of(reply, ("A", "B"), "passage")
