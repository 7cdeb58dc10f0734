"""Power of the paired t-test: against simulation, a published table, and its own inverse."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from syftr_like.statistics.power import detectable_difference, paired_power, questions_needed


@pytest.mark.parametrize("questions", [5, 20, 125])
@pytest.mark.parametrize("effect", [0.2, 0.5, 1.0])
def test_it_is_how_often_the_test_finds_a_difference(questions: int, effect: float) -> None:
    rng = np.random.default_rng(questions)
    differences = rng.normal(effect, 1.0, size=(4000, questions))
    found = np.mean(stats.ttest_1samp(differences, 0, axis=1).pvalue < 0.05)
    assert paired_power(questions, effect, 1.0) == pytest.approx(found, abs=0.03)


@pytest.mark.parametrize("disagree", [0.1, 0.35])
def test_it_holds_for_scores_of_0_and_1(disagree: float) -> None:
    """Two flows that differ in a share of the answers, one of them right more often."""
    questions, better = 150, 0.06
    deviation = float(np.sqrt(disagree - better**2))
    rng = np.random.default_rng(3)
    wins, losses = (disagree + better) / 2, (disagree - better) / 2
    rows = rng.choice([1, -1, 0], p=[wins, losses, 1 - disagree], size=(4000, questions))
    found = np.mean(stats.ttest_1samp(rows, 0, axis=1).pvalue < 0.05)
    assert paired_power(questions, better, deviation) == pytest.approx(found, abs=0.04)


@pytest.mark.parametrize(("effect", "questions"), [(0.2, 199), (0.5, 34), (0.8, 15)])
def test_small_medium_and_large_effects_need_what_the_textbook_says(
    effect: float, questions: int
) -> None:
    assert questions_needed(effect, 1.0) == questions


@settings(max_examples=40, deadline=None)
@given(questions=st.integers(2, 3000), deviation=st.floats(0.01, 5))
def test_the_least_difference_is_found_with_just_the_power_asked_for(
    questions: int, deviation: float
) -> None:
    difference = detectable_difference(questions, deviation)
    assert paired_power(questions, difference, deviation) == pytest.approx(0.8, abs=1e-4)
    assert detectable_difference(questions + 1, deviation) < difference


@settings(max_examples=40, deadline=None)
@given(difference=st.floats(0.02, 0.5), deviation=st.floats(0.1, 0.7))
def test_as_many_questions_as_needed_find_the_difference_and_one_fewer_do_not(
    difference: float, deviation: float
) -> None:
    questions = questions_needed(difference, deviation)
    assert paired_power(questions, difference, deviation) >= 0.8
    if questions > 2:
        assert paired_power(questions - 1, difference, deviation) < 0.8


@pytest.mark.parametrize(
    "call",
    [
        lambda: detectable_difference(1, 0.5),
        lambda: detectable_difference(10, 0.0),
        lambda: detectable_difference(10, 0.5, power=0.01),
        lambda: detectable_difference(10, 0.5, alpha=1.5),
        lambda: paired_power(10, 0.0, 0.5),
        lambda: questions_needed(1e-9, 1.0),
    ],
)
def test_what_is_no_test_is_refused(call) -> None:
    with pytest.raises(ValueError, match=r"not|more than"):
        call()
