"""Trials' effects, drawn towards what trials like them scored."""

from __future__ import annotations

import warnings

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from syftr_like.statistics.completion import completed
from syftr_like.statistics.informed_effects import LEAST_TRIALS, informed_effects

Floats = NDArray[np.float64]


def world(trials: int, seed: int) -> tuple[Floats, Floats]:
    """Configurations of six yes-or-no decisions, two of which matter, and what they are worth."""
    rng = np.random.default_rng(seed)
    features = (rng.random((trials, 6)) < 0.5).astype(float)
    return features, 0.3 * features[:, 0] - 0.2 * features[:, 1] * features[:, 2]


@pytest.mark.parametrize("seed", range(5))
def test_trials_like_it_tell_more_than_a_few_questions(seed: int) -> None:
    features, truth = world(80, seed)
    errors = np.where(np.arange(80) % 5 == 0, 0.002, 0.015)
    own = truth + np.random.default_rng(seed).normal(size=80) * np.sqrt(errors)

    informed = informed_effects(own, errors, features)

    few = errors > 0.01
    assert np.mean((informed - truth)[few] ** 2) < 0.6 * np.mean((own - truth)[few] ** 2)
    assert np.mean((informed - truth)[~few] ** 2) < 1.5 * np.mean((own - truth)[~few] ** 2)


def test_configurations_that_say_nothing_leave_scores_about_as_they_are() -> None:
    rng = np.random.default_rng(0)
    truth = rng.normal(size=100)
    own = truth + rng.normal(size=100) * 0.1

    informed = informed_effects(own, np.full(100, 0.01), rng.random((100, 3)))

    assert np.abs(informed - own).max() < 0.1
    assert np.mean((informed - truth) ** 2) < 1.2 * np.mean((own - truth) ** 2)


def test_a_trial_of_great_weight_is_predicted_by_trees_that_did_not_see_it() -> None:
    features, truth = world(60, 0)
    errors = np.full(60, 0.02)
    errors[7] = 1e-6  # it would be in every bootstrap that is drawn by weight
    own = truth.copy()
    own[7] = truth[7] + 0.5

    with warnings.catch_warnings():
        warnings.simplefilter("error")
        informed = informed_effects(own, errors, features)

    assert informed[7] == pytest.approx(own[7], abs=0.01)
    assert np.abs(np.delete(informed - truth, 7)).max() < 0.45


def test_few_trials_stay_as_they_are() -> None:
    features, truth = world(LEAST_TRIALS - 1, 0)
    assert informed_effects(truth, np.full(len(truth), 1.0), features) is truth


def test_trials_that_all_score_alike_stay_alike() -> None:
    features, _ = world(30, 0)
    informed = informed_effects(np.full(30, 0.4), np.full(30, 1e-9), features)
    assert informed == pytest.approx(np.full(30, 0.4))


@settings(max_examples=15, deadline=None)
@given(
    seed=st.integers(0, 10**6),
    trials=st.integers(LEAST_TRIALS, 60),
    scale=st.sampled_from([2.0**-20, 1.0, 2.0**20]),
)
def test_effects_lie_within_the_scores_and_follow_their_unit(
    seed: int, trials: int, scale: float
) -> None:
    rng = np.random.default_rng(seed)
    features, own = rng.random((trials, 4)), rng.normal(size=trials)
    errors = rng.uniform(0.01, 1, size=trials)

    informed = informed_effects(own, errors, features)

    assert informed.min() >= own.min() - 1e-9
    assert informed.max() <= own.max() + 1e-9
    rescaled = informed_effects(own * scale, errors * scale**2, features)
    assert rescaled == pytest.approx(informed * scale, rel=1e-6, abs=1e-6 * scale)


def test_completion_learns_from_trials_alike() -> None:
    features, truth = world(60, 3)
    rng = np.random.default_rng(3)
    full = (rng.random((60, 100)) < 0.4 + truth[:, None]).astype(float)
    table = full.copy()
    table[10:, 12:] = np.nan

    alone = completed(table, logarithmic=False).mean(axis=1)
    informed = completed(table, logarithmic=False, features=features).mean(axis=1)

    missed = full.mean(axis=1)
    assert np.mean((informed - missed)[10:] ** 2) < 0.7 * np.mean((alone - missed)[10:] ** 2)
    assert informed[:10] == pytest.approx(missed[:10])
