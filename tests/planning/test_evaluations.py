"""How many questions are answered, in play and in earnest."""

from __future__ import annotations

from collections import Counter

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from syftr_like.contracts import Direction
from syftr_like.planning.evaluations import Played, played
from syftr_like.search import make_early_stopping
from syftr_like.search.early_stopping import EarlyStoppingMethod
from syftr_like.search.hyperband import Hyperband
from syftr_like.search.objective import Objective

OBJECTIVES = (Objective("good", Direction.MAXIMIZE), Objective("dear", Direction.MINIMIZE))


def play(
    method: EarlyStoppingMethod,
    trials: int,
    *,
    racing: bool = False,
    learning: bool = False,
    seed: int = 0,
) -> Played:
    return played(
        lambda: make_early_stopping(method, 125, OBJECTIVES, min_questions=12, eta=3),
        trials,
        racing=racing,
        learning=learning,
        rng=np.random.default_rng(seed),
    )


class NobodyGoesOn(Hyperband):
    """Like what a bracket is that waits in vain."""

    def _goes_on(self, number: int) -> bool:
        return False

    def _promotable(self) -> int | None:
        return None


def test_without_early_stopping_every_trial_answers_everything() -> None:
    went = play("none", 7)
    assert went.answered == (125,) * 7
    assert went.begun == went.judged == (1,) * 7


def test_hyperband_plays_as_the_quickstart_went() -> None:
    # 100 trials on 14, 42 and 125 questions: 62, 25 and 13 came so far.
    went = play("hyperband", 100)
    assert Counter(went.answered) == {14: 62, 42: 25, 125: 13}
    assert 1 <= went.front <= 10
    # It reports once at each level that it reached; what was paused is prepared again.
    assert sum(went.judged) == 62 + 2 * 25 + 3 * 13
    assert 100 < sum(went.begun) < sum(went.judged)
    assert all(1 <= begun <= judged for begun, judged in zip(went.begun, went.judged, strict=True))


@settings(max_examples=20, deadline=None)
@given(trials=st.integers(1, 60), seed=st.integers(0, 1000))
def test_racing_only_ever_saves_questions(trials: int, seed: int) -> None:
    without = play("hyperband", trials, seed=seed).answered
    went = play("hyperband", trials, racing=True, seed=seed)
    assert set(went.answered) <= {14, 42, 125}
    assert sum(went.answered) <= sum(without) + 125  # another draw may promote one trial more
    assert 1 <= went.front <= trials


@pytest.mark.parametrize("trials", [1, 9])
def test_every_trial_is_begun(trials: int) -> None:
    assert min(play("hyperband", trials, racing=True).answered) >= 14


@pytest.mark.parametrize("trials", [1, 2, 8])
def test_a_search_of_few_trials_has_a_front_as_the_early_stopping_has_it(trials: int) -> None:
    assert play("hyperband", trials).front >= 1


def test_there_is_no_front_where_the_early_stopping_completes_no_trial() -> None:
    went = played(
        lambda: NobodyGoesOn(125, OBJECTIVES, min_questions=12, eta=3),
        8,
        racing=False,
        learning=False,
        rng=np.random.default_rng(0),
    )
    assert (went.answered, went.front) == ((14,) * 8, 0)
