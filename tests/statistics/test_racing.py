"""When a trial is outrun for sure."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from syftr_like.contracts.evaluator import Direction
from syftr_like.statistics.racing import Measure, dominated_by, log_evidence

ACCURACY = Measure(Direction.MAXIMIZE, (0.0, 1.0))
USD = Measure(Direction.MINIMIZE, (0.0, None))

Floats = NDArray[np.float64]


def right(count: int, of: int) -> Floats:
    return np.concatenate([np.ones(count), np.zeros(of - count)])


def test_a_clear_case_in_both_objectives() -> None:
    trial = [right(10, 40), np.full(40, 3.0)]
    rivals = {7: [right(30, 40), np.full(40, 1.0)], 8: [right(12, 40), np.full(40, 1.0)]}
    assert dominated_by(trial, rivals, [ACCURACY, USD]) == 7
    assert dominated_by(trial, {8: rivals[8]}, [ACCURACY, USD]) is None


def test_evidence_is_needed_in_every_objective() -> None:
    trial = [right(10, 40), np.full(40, 1.0)]
    better_but_dear = {1: [right(35, 40), np.full(40, 1.2)]}
    assert dominated_by(trial, better_but_dear, [ACCURACY, USD]) is None


def test_whoever_is_better_is_not_outrun() -> None:
    trial = [right(35, 40), np.full(40, 1.0)]
    assert dominated_by(trial, {1: [right(10, 40), np.full(40, 3.0)]}, [ACCURACY, USD]) is None


def test_more_rivals_ask_for_more_evidence() -> None:
    trial, rival = [right(0, 40)], {1: [right(9, 40)]}
    assert dominated_by(trial, rival, [ACCURACY]) == 1
    assert dominated_by(trial, rival, [ACCURACY], among=100) is None
    assert dominated_by(trial, rival, [ACCURACY], alpha=0.0005) is None
    others = {n: [right(0, 40)] for n in range(2, 102)}
    assert dominated_by(trial, rival | others, [ACCURACY]) is None


def test_the_surest_of_several_is_named() -> None:
    rivals = {1: [right(20, 40)], 2: [right(30, 40)], 3: [right(30, 40)]}
    assert dominated_by([right(0, 40)], rivals, [ACCURACY]) == 2


def test_equal_answers_count_as_no_worse_where_a_difference_would_have_shown() -> None:
    for questions, expected in ((20, None), (40, 1)):
        trial = [right(10, questions), np.full(questions, 3.0)]
        rival = {1: [right(10, questions), np.full(questions, 1.0)]}
        assert dominated_by(trial, rival, [ACCURACY, USD]) == expected


def test_twins_do_not_dominate_each_other() -> None:
    same = [right(10, 200), np.full(200, 3.0)]
    assert dominated_by(same, {1: same}, [ACCURACY, USD]) is None


def test_without_rivals_nobody_is_outrun() -> None:
    assert dominated_by([right(0, 100)], {}, [ACCURACY]) is None


def test_objectives_without_bounds_are_compared_by_ratio() -> None:
    costs, rival = np.array([0.0, 2.0, 3.0, 0.0]), np.array([0.0, 1.0, 6.0, 5.0])
    assert USD.differences(costs, rival) == pytest.approx([0.0, 1 / 3, -1 / 3, -1.0])
    assert USD.differences(costs * 1e6, rival * 1e6) == pytest.approx([0.0, 1 / 3, -1 / 3, -1.0])


def test_bounded_objectives_are_compared_by_parts_of_their_range() -> None:
    stars = Measure(Direction.MAXIMIZE, (1.0, 5.0))
    assert stars.differences(np.array([1.0, 4.0]), np.array([5.0, 3.0])) == pytest.approx(
        [1.0, -0.25]
    )


def test_scores_that_do_not_fit_are_errors() -> None:
    with pytest.raises(ValueError, match="have no pairs"):
        dominated_by([right(1, 3)], {1: [right(1, 4)]}, [ACCURACY])
    with pytest.raises(ValueError, match="not a finite number"):
        dominated_by([np.array([np.nan])], {1: [right(1, 1)]}, [ACCURACY])
    with pytest.raises(ValueError, match="zip"):
        dominated_by([right(1, 3)], {1: [right(1, 3)]}, [ACCURACY, USD])
    with pytest.raises(ValueError, match="alpha is 0"):
        dominated_by([right(1, 3)], {1: [right(1, 3)]}, [ACCURACY], alpha=0)
    with pytest.raises(ValueError, match="2 rivals among 1 trials"):
        dominated_by([right(1, 3)], {n: [right(1, 3)] for n in (1, 2)}, [ACCURACY], among=1)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60), st.randoms())
def test_the_order_of_questions_is_no_evidence(values: list[float], random: object) -> None:
    shuffled = np.random.default_rng(0).permutation(values)
    assert log_evidence(shuffled) == pytest.approx(log_evidence(np.array(values)), abs=1e-9)


@given(st.lists(st.floats(-1, 1), min_size=1, max_size=60))
def test_the_e_value_and_its_mirror_are_not_both_evidence(values: list[float]) -> None:
    d = np.array(values)
    assert min(log_evidence(d), log_evidence(-d)) <= 1e-9


@settings(deadline=None)
@given(st.integers(1, 5))
def test_the_expected_e_value_is_one_when_nothing_is_to_be_found(questions: int) -> None:
    """Over all outcomes of fair questions: the capital of a fair game."""
    outcomes = np.array(np.meshgrid(*[[-1.0, 0.5, 0.5]] * questions)).reshape(questions, -1).T
    expected = np.mean([math.exp(log_evidence(row)) for row in outcomes])
    assert expected == pytest.approx(1.0)


@pytest.mark.parametrize(("looks", "bound"), [((14, 42, 125), 0.05), (range(1, 126), 0.05)])
def test_equal_flows_are_rarely_stopped_however_often_one_looks(
    looks: tuple[int, ...], bound: float
) -> None:
    """Short form of benchmarks/hyperband/racing.py: the luckiest 3 of 10 equal flows are rivals."""
    rng = np.random.default_rng(1)
    stopped = 0
    worlds = 200
    for _ in range(worlds):
        answers = (rng.normal(size=125) + rng.normal(size=(11, 125)) > -0.3).astype(float)
        luckiest = 1 + np.argsort(-answers[1:].mean(axis=1))[:3]
        stopped += any(
            dominated_by(
                [answers[0, :n], np.full(n, 2.0)],
                {int(r): [answers[r, :n], np.full(n, 1.0)] for r in luckiest},
                [ACCURACY, USD],
                among=10,
            )
            is not None
            for n in looks
        )
    assert stopped / worlds <= bound + 0.02


@pytest.mark.parametrize(("questions", "gap"), [(14, 0.7), (42, 0.4), (125, 0.25)])
def test_gaps_of_this_size_are_usually_found(questions: int, gap: float) -> None:
    rng = np.random.default_rng(2)
    found = 0
    for _ in range(200):
        drawn = rng.random(questions)
        trial = (drawn < 0.85 - gap).astype(float)
        rival = (rng.random(questions) < 0.05) != (drawn < 0.85)
        evidence = dominated_by([trial], {1: [rival.astype(float)]}, [ACCURACY])
        found += evidence == 1
    assert found >= 160
