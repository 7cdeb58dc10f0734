"""Estimates of what trials would score on questions that they were not asked."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from syftr_like.statistics.completion import completed, effects

Floats = NDArray[np.float64]

DATA = Path(os.environ.get("SYFTR_LIKE_DATA", Path(__file__).parents[3] / "shared" / "data"))
FLOWS = DATA / "recorded_outcomes" / "hotpot_flows.csv.gz"


def partial(full: Floats, asked: NDArray[np.int_]) -> Floats:
    """The table as if each trial had been asked so many questions, the first ones."""
    later = np.arange(full.shape[1]) >= asked[:, None]
    return np.where(later, np.nan, full)


def rmse(estimates: Floats, truth: Floats) -> float:
    return float(np.sqrt(np.mean((estimates - truth) ** 2)))


def test_easy_first_questions_do_not_flatter() -> None:
    questions = np.where(np.arange(60) < 12, 1.0, 0.0)  # the first 12 are easy for everybody
    rng = np.random.default_rng(0)
    full = 0.5 * questions + rng.normal(size=60) * 0.02 + np.linspace(0, 0.2, 8)[:, None]
    table = full.copy()
    table[4:, 12:] = np.nan
    assert np.nanmean(table[4:], axis=1).min() > full[4:].mean(axis=1).max() + 0.2
    assert completed(table, logarithmic=False)[4:].mean(axis=1) == pytest.approx(
        full[4:].mean(axis=1), abs=0.02
    )


def test_costs_are_completed_by_ratios() -> None:
    lengths = np.exp(np.random.default_rng(0).normal(size=50))
    full = np.outer([0.01, 1.0, 30.0], lengths)
    table = full.copy()
    table[2, 10:] = np.nan
    assert completed(table, logarithmic=True)[2] == pytest.approx(full[2], rel=0.05)


def test_a_quantile_of_a_completed_row_is_no_less_than_it_should_be() -> None:
    rng = np.random.default_rng(0)
    full = np.exp(rng.normal(size=(30, 200)) * 0.8)  # no question is slow for all flows
    found = completed(partial(full, np.where(np.arange(30) < 6, 200, 40)), logarithmic=True)
    ratio = np.quantile(found, 0.95, axis=1)[6:] / np.quantile(full, 0.95, axis=1)[6:]
    assert 0.9 < np.median(ratio) < 1.1


def test_scores_that_are_there_stay() -> None:
    table = partial(np.random.default_rng(0).random((6, 20)), np.array([20, 20, 5, 5, 10, 0]))
    for logarithmic in (False, True):
        found = completed(table, logarithmic=logarithmic)
        known = ~np.isnan(table)
        assert np.array_equal(found[known], table[known])
        assert np.isfinite(found).all()


def test_a_trial_without_any_score_is_an_average_one() -> None:
    full = np.random.default_rng(0).random((9, 40))
    table = partial(full, np.array([40] * 8 + [0]))
    found = completed(table, logarithmic=False)
    assert found[8].mean() == pytest.approx(full[:8].mean(), abs=0.01)


def test_full_and_empty_tables_stay_as_they_are() -> None:
    full = np.arange(6.0).reshape(2, 3)
    assert np.array_equal(completed(full, logarithmic=False), full)
    empty = np.full((2, 3), np.nan)
    assert np.array_equal(completed(empty, logarithmic=True), empty, equal_nan=True)


def test_equal_scores_are_completed_by_the_same() -> None:
    table = partial(np.full((4, 10), 3.0), np.array([10, 5, 5, 2]))
    for logarithmic in (False, True):
        assert completed(table, logarithmic=logarithmic) == pytest.approx(3.0)


def test_tables_that_cannot_be_completed_are_errors() -> None:
    with pytest.raises(ValueError, match=r"shape \(trials, questions\), not \(3,\)"):
        completed(np.ones(3), logarithmic=False)
    with pytest.raises(ValueError, match="infinite"):
        completed(np.array([[np.inf, np.nan]]), logarithmic=False)
    with pytest.raises(ValueError, match="not positive"):
        completed(np.array([[0.0, np.nan]]), logarithmic=True)


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10_000), st.floats(-5, 5), st.floats(0.01, 100))
def test_the_unit_of_a_score_makes_no_difference(seed: int, shift: float, scale: float) -> None:
    rng = np.random.default_rng(seed)
    table = partial(rng.random((8, 20)), rng.integers(0, 21, size=8))
    plain = completed(table, logarithmic=False)
    assert completed(table * scale + shift, logarithmic=False) == pytest.approx(
        plain * scale + shift, abs=1e-6 * max(1, scale), nan_ok=True
    )
    assert completed(table * scale, logarithmic=True) == pytest.approx(
        completed(table, logarithmic=True) * scale, rel=1e-6, nan_ok=True
    )


@pytest.mark.parametrize(("hard", "share"), [(0.2, 0.9), (0.5, 0.8), (1.0, 0.7)])
def test_completed_rows_are_nearer_to_the_truth_than_own_means(hard: float, share: float) -> None:
    """The more so the more questions differ; where they hardly do, trials still tell of trials."""
    own, estimated = [], []
    for seed in range(20):
        rng = np.random.default_rng(seed)
        full = 0.3 * rng.normal(size=(40, 1)) + hard * rng.normal(size=80)
        full = full + rng.normal(size=(40, 80))
        table = partial(full, np.where(np.arange(40) < 8, 80, 12))
        truth = full[8:].mean(axis=1)
        own.append(rmse(np.nanmean(table[8:], axis=1), truth))
        estimated.append(rmse(completed(table, logarithmic=False)[8:].mean(axis=1), truth))
    assert np.mean(estimated) < share * np.mean(own)


def test_effects_are_recovered_where_there_are_enough_scores() -> None:
    rng = np.random.default_rng(0)
    trials, questions = rng.normal(size=30), rng.normal(size=200)
    table = trials[:, None] + questions + rng.normal(size=(30, 200)) * 0.3
    found = effects(table)
    assert np.corrcoef(found.trials, trials)[0, 1] > 0.99
    assert np.corrcoef(found.questions, questions)[0, 1] > 0.99


@pytest.fixture(scope="module")
def recorded() -> dict[str, Floats]:
    """80 runs of 16 real flows on the first 125 of 200 questions, by column."""
    if not FLOWS.exists():
        pytest.skip("needs recorded_outcomes in SYFTR_LIKE_DATA or ../shared/data")
    import pandas as pd

    rows = pd.read_csv(FLOWS)
    rows["trial"] = rows["strategy"] + " " + rows["model"] + " " + rows["run"]
    order = np.random.default_rng(0).permutation(200)[:125]
    return {
        name: rows.pivot(index="trial", columns="task_idx", values=name).to_numpy(float)[:, order]
        for name in ("exact_match", "eval_time_s")
    }


@pytest.mark.parametrize(("questions", "share"), [(12, 0.6), (36, 0.75)])
def test_real_flows_accuracy_is_known_from_few_questions(
    recorded: dict[str, Floats], questions: int, share: float
) -> None:
    """The error of the full score shrinks to a share of that of the trial's own mean."""
    own, estimated = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        full = recorded["exact_match"][rng.choice(80, 40, replace=False)]
        full = full[:, rng.permutation(125)]
        table = partial(full, np.where(np.arange(40) < 8, 125, questions))
        truth = full[8:].mean(axis=1)
        own.append(rmse(np.nanmean(table[8:], axis=1), truth))
        estimated.append(rmse(completed(table, logarithmic=False)[8:].mean(axis=1), truth))
    assert np.mean(estimated) < share * np.mean(own)


def test_real_flows_p95_latency_is_known_better_too(recorded: dict[str, Floats]) -> None:
    own, estimated = [], []
    for seed in range(10):
        rng = np.random.default_rng(seed)
        full = recorded["eval_time_s"][rng.choice(80, 40, replace=False)]
        full = full[:, rng.permutation(125)]
        table = partial(full, np.where(np.arange(40) < 8, 125, 36))
        truth = np.log(np.quantile(full[8:], 0.95, axis=1))
        own.append(rmse(np.log(np.nanquantile(table[8:], 0.95, axis=1)), truth))
        found = completed(table, logarithmic=True)[8:]
        estimated.append(rmse(np.log(np.quantile(found, 0.95, axis=1)), truth))
    assert np.mean(estimated) < np.mean(own)
