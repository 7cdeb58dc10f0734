"""What a model says of work under way is read as it was meant, or not at all."""

from __future__ import annotations

import contextlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.agents.judgements import (
    Critique,
    read_critique,
    read_score,
)
from syftr_like.components.reply_forms import UnreadableReplyError


@pytest.mark.parametrize(
    "reply",
    [
        "NO FAULTS",
        "**No faults.**",
        "No faults found.",
        "No fault was found in the draft.",
        "NO FAULTS. The draft is supported by [1].",
        "NO FAULTS\n\nThe draft answers the question, and [1] bears it out.",
        "NO FAULTS. Nothing is missing.",
        "NO FAULTS - [2] says so.",
        "NO FAULTS\nSearch: none",
        "The draft has no faults.",
        "The draft is good. NO FAULTS",
        "The draft answer contains no errors.",
        "There are no faults in the draft.",
        "I found no faults, as [1] says the same.",
        "No major faults.",
        "None.",
        "Faults: none",
        "Faults: None found.",
        "**Faults:** none, the draft is fine",
        "Faults: nothing.\nSearch: none",
        "Faults: N/A",
        "Faults: There are no faults.",
        "<think>Faults: the year is wrong.</think>No faults",
    ],
)
def test_a_draft_is_found_good_in_many_words(reply: str) -> None:
    assert read_critique(reply) is None


@pytest.mark.parametrize(
    ("reply", "faults", "search"),
    [
        ("Faults: no birth is told\nSearch: birth", "no birth is told", "birth"),
        ("**Faults:** too long\n**Search:** none.", "too long", ""),
        ("Faults: None of the findings bears it out.", "None of the findings bears it out.", ""),
        ("Faults: no errors but one: the year", "no errors but one: the year", ""),
        ("Faults: The year is wrong. No other faults.", "The year is wrong. No other faults.", ""),
        ("No faults but one: it is wrong", "No faults but one: it is wrong", ""),
        (
            "No faults in the grammar, but the date is wrong",
            "No faults in the grammar, but the date is wrong",
            "",
        ),
        ("No faults, except that it is too long.", "No faults, except that it is too long.", ""),
        ("<think>NO FAULTS? No.</think>Faults: the year", "the year", ""),
    ],
)
def test_a_critique_is_no_approval(reply: str, faults: str, search: str) -> None:
    assert read_critique(reply) == Critique(faults, search)


@pytest.mark.parametrize(
    "reply",
    [
        "",
        "Looks good.",
        "No.",
        "Search: x",
        "No faults in the grammar.",
        "NO FAULTS. The year is wrong, however.",
        "NO FAULTS. It should name the month.",
        "Faults: none, the date is wrong",
        "The date is wrong. NO FAULTS",
        "<think>NO FAULTS</think>",
    ],
)
def test_neither_and_both_are_refused(reply: str) -> None:
    with pytest.raises(UnreadableReplyError, match=r"(?i)faults"):
        read_critique(reply)


@pytest.mark.parametrize(
    ("reply", "value"),
    [
        ("Score: 9", 0.9),
        ("9", 0.9),
        ("**9**", 0.9),
        ("0", 0.0),
        ("Score: 0.0", 0.0),
        ("Score: 10", 1.0),
        ("**Score:** 8/10", 0.8),
        ("**Score: 8/10**", 0.8),
        ("8/10", 0.8),
        ("8 out of 10", 0.8),
        ("Score: 8 (out of 10)", 0.8),
        ("4/5", 0.8),
        ("0.8 (out of 1)", 0.8),
        ("Score: 0.8/1.0", 0.8),
        ("80%", 0.8),
        ("Score: 80/100", 0.8),
        ("Score: 7.5", 0.75),
        ("Score: 7,5", 0.75),
        ("Score:\n7", 0.7),
        ("The score is 7.", 0.7),
        ("My final score: 7 points", 0.7),
        ("Score: <7>", 0.7),
        ('{"score": 7}', 0.7),
        ("Score: 9 (2 passages read)", 0.9),
        ("Score: 9, since 2 passages agree", 0.9),
        ("Score: 9 because 2 passages agree", 0.9),
        ("Score: 9. The 2 passages agree.", 0.9),
        ("Score: 9 - 2 of 3 agree", None),
        ("Score: 9 - they agree", 0.9),
        ("9\n\nThe 2 passages agree.", 0.9),
        ("9 (2 passages read)", 0.9),
        ("2 of 3 passages agree, but a score of 10 wants all.\nScore: 6", 0.6),
        ("<think>Score: 3? -3? 2/10.</think>\nScore: 9", 0.9),
        ("Score: 3? No, more.</think>9", 0.9),
        # What could be another number is asked for again.
        ("-3", None),
        ("Score: -3", None),
        ("Score: \u22123", None),
        ("0.8", None),
        ("Score: 0.8", None),
        ("Score: 1.0", None),
        (".9", None),
        ("I give this 2 passages a score of 9", None),
        ("It does not deserve a score of 9.", None),
        ("2 passages were found, 9", None),
        ("2 of 3 passages agree.", None),
        ("9 out of 10 passages agree", None),
        ("1. It is right.\n2. It is borne out.", None),
        ("Score: 8-9", None),
        ("Score: 8 - 9", None),
        ("Score: 8 to 9", None),
        ("Score: 8 or 9", None),
        ("Score: 8, 9", None),
        ("Score: 3\nScore: 8", None),
        ("Score: 11", None),
        ("Score: 85", None),
        ("Score: 11/10", None),
        ("Score: 5/0", None),
        ("Score: 0 to 10", None),
        ("Score: high", None),
        ("Score:", None),
        ("", None),
        ("-", None),
        ("<think>Score: 9</think>", None),
    ],
)
def test_a_score_is_read_as_meant_or_not_at_all(reply: str, value: float | None) -> None:
    if value is None:
        with pytest.raises(UnreadableReplyError, match="with a number from 0 to 10"):
            read_score(reply)
    else:
        assert read_score(reply) == pytest.approx(value)


@given(st.text(max_size=80))
def test_a_value_is_within_its_bounds(reply: str) -> None:
    with contextlib.suppress(UnreadableReplyError):
        assert 0 <= read_score(reply) <= 1


@given(st.integers(0, 10))
def test_the_form_asked_for_is_always_read(score: int) -> None:
    assert read_score(f"Score: {score}") == score / 10
