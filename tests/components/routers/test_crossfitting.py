"""Who is served by which model."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from syftr_like.components.routers.crossfitting import cross_fit, deal
from syftr_like.errors import ComponentError

TEXTS = [f"What is {n}?" for n in range(23)]


def seen_by_model(texts: list[str], folds: int = 5):
    """Models that are the set of the texts which they were fitted on."""
    return cross_fit(texts, folds, lambda rows: frozenset(texts[row] for row in rows))


def test_a_labelled_question_is_served_by_a_model_that_has_not_seen_it() -> None:
    fitted = seen_by_model(TEXTS)
    for text in TEXTS:
        assert text not in fitted.serving(text)
        assert len(fitted.serving(text)) >= 18


def test_others_are_served_by_the_model_of_all() -> None:
    assert seen_by_model(TEXTS).serving("What is love?") == frozenset(TEXTS)


def words(text: str) -> list[str]:
    return text.casefold().replace("?", " ").split()


TEXT = st.text(alphabet="aA ?東b", max_size=4)


@given(st.lists(TEXT, min_size=2, max_size=12), st.integers(2, 6))
def test_nor_has_it_seen_one_of_the_same_words(texts: list[str], folds: int) -> None:
    assume(len({tuple(words(text)) for text in texts}) > 1)
    fitted = seen_by_model(texts, folds)
    for text in texts:
        assert words(text) not in [words(seen) for seen in fitted.serving(text)]
        assert fitted.serving(text.upper()) is fitted.serving(text)


def test_folds_are_even_and_the_order_of_the_questions_does_not_matter() -> None:
    dealt = deal(TEXTS, 5)
    assert sorted(len(rows) for rows in dealt.rows) == [4, 4, 5, 5, 5]
    assert deal(TEXTS[::-1], 5).of_key == dealt.of_key
    together = np.concatenate([dealt.rows[2], dealt.without(2)])
    assert sorted(together.tolist()) == list(range(23))


def test_two_questions_are_two_folds() -> None:
    fitted = seen_by_model(TEXTS[:2])
    assert fitted.serving(TEXTS[0]) == {TEXTS[1]}
    assert fitted.serving(TEXTS[1]) == {TEXTS[0]}


@pytest.mark.parametrize("texts", [[], ["one"], ["one?", "One!"]])
def test_one_question_is_too_few(texts: list[str]) -> None:
    with pytest.raises(ComponentError, match="at least 2 different"):
        deal(texts, 5)
