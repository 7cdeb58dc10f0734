"""How many questions are answered, in play and in earnest."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.contracts import Direction
from syftr_like.planning.evaluations import played
from syftr_like.search import make_early_stopping
from syftr_like.search.objective import Objective

OBJECTIVES = (Objective("good", Direction.MAXIMIZE), Objective("dear", Direction.MINIMIZE))


def play(method: str, trials: int, racing: bool, seed: int = 0) -> tuple[tuple[int, ...], int]:
    return played(
        lambda: make_early_stopping(method, 125, OBJECTIVES, min_questions=12, eta=3),
        trials,
        racing=racing,
        rng=np.random.default_rng(seed),
    )


def test_without_early_stopping_every_trial_answers_everything() -> None:
    assert play("none", 7, racing=False)[0] == (125,) * 7


def test_hyperband_plays_as_the_quickstart_went() -> None:
    # 60 trials on 14, 42 and 125 questions, without racing: 32, 17 and 11 came so far.
    answered, front = play("hyperband", 60, racing=False)
    assert Counter(answered) == {14: 32, 42: 17, 125: 11}
    assert 1 <= front <= 10


@settings(max_examples=20, deadline=None)
@given(trials=st.integers(1, 60), seed=st.integers(0, 1000))
def test_racing_only_ever_saves_questions(trials: int, seed: int) -> None:
    without, _ = play("hyperband", trials, racing=False, seed=seed)
    with_it, front = play("hyperband", trials, racing=True, seed=seed)
    assert set(with_it) <= {14, 42, 125}
    assert sum(with_it) <= sum(without) + 125  # another draw may promote one trial more
    assert 1 <= front <= trials


@pytest.mark.parametrize("trials", [1, 9])
def test_every_trial_is_begun(trials: int) -> None:
    assert min(play("hyperband", trials, racing=True)[0]) >= 14
