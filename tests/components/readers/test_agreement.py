"""How far answers agree."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.components.readers.agreement import distinct, likeness, majority, words_of
from syftr_like.contracts import Answer

ABSTAINED = Answer("", abstained=True)
ANSWERS = st.one_of(
    st.just(ABSTAINED),
    st.text(min_size=1, max_size=12).map(Answer),
    st.sampled_from(["Steller", "the Steller", "Bering", "!", "The"]).map(Answer),
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Steller", "steller."),
        ("the Bering Sea", "Bering sea"),
        ("Steller's", "Stellers"),
        ("a", "A"),
        ("ÉCOLE", "école"),
    ],
)
def test_answers_that_agree(one: str, other: str) -> None:
    assert words_of(Answer(one)) == words_of(Answer(other))


@pytest.mark.parametrize(
    ("one", "other"),
    [("1751", "1752"), ("!", "?"), ("the", "a"), ("Bering Sea", "Sea Bering"), ("+", "NA")],
)
def test_answers_that_do_not(one: str, other: str) -> None:
    assert words_of(Answer(one)) != words_of(Answer(other))


@given(ANSWERS, ANSWERS)
def test_likeness_is_symmetric_and_full_for_those_that_agree(one: Answer, other: Answer) -> None:
    assert likeness(one, one) == 1.0
    assert 0 <= likeness(one, other) == likeness(other, one) <= 1
    if words_of(one) == words_of(other):
        assert likeness(one, other) == 1.0


@given(st.lists(ANSWERS, min_size=1, max_size=8))
def test_the_majority_has_the_greatest_share_and_shares_sum_to_one(answers: list[Answer]) -> None:
    shares = distinct(answers)
    answer, share = majority(answers)
    assert sum(share for _, share in shares) == pytest.approx(1)
    assert share == max(share for _, share in shares)
    assert answer == next(a for a, s in shares if s == share)
    assert answer in answers
