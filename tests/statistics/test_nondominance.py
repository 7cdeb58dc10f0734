"""The probability that a front member is truly non-dominated among the members."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import ndtr

from syftr_like.contracts import Direction, Mean, Quantile
from syftr_like.statistics.nondominance import ObjectiveScores, p_nondominated
from syftr_like.statistics.pareto import non_dominated

Floats = NDArray[np.float64]
UP, DOWN = Direction.MAXIMIZE, Direction.MINIMIZE


def shares(tune: Floats, holdout: Floats) -> ObjectiveScores:
    return ObjectiveScores(tune, holdout, UP, Mean(), (0.0, 1.0))


def costs(tune: Floats, holdout: Floats) -> ObjectiveScores:
    return ObjectiveScores(tune, holdout, DOWN, Mean(), (0.0, None))


def times(tune: Floats, holdout: Floats) -> ObjectiveScores:
    return ObjectiveScores(tune, holdout, DOWN, Quantile(0.95), (0.0, None))


def answers(rng: np.random.Generator, rates: Floats, n: int) -> Floats:
    """Right or wrong, where all trials find the same questions hard."""
    return (rng.random(n) < np.asarray(rates)[:, None]).astype(np.float64)


def prices(rng: np.random.Generator, means: Floats, n: int) -> Floats:
    return np.asarray(means)[:, None] * np.exp(0.3 * rng.standard_normal(n))


class TestClearCases:
    def test_far_apart_members_are_certain(self) -> None:
        rng = np.random.default_rng(0)
        rates, means = np.array([0.9, 0.6, 0.3]), np.array([9.0, 3.0, 1.0])
        found = p_nondominated(
            [
                shares(answers(rng, rates, 200), answers(rng, rates, 150)),
                costs(prices(rng, means, 200), prices(rng, means, 150)),
            ],
            [0, 1, 2],
        )
        assert (found > 0.99).all()

    def test_a_member_that_the_holdout_shows_to_be_dominated_is_unlikely(self) -> None:
        rng = np.random.default_rng(1)
        tune_rates, rates = np.array([0.62, 0.60, 0.2]), np.array([0.4, 0.6, 0.2])
        means = np.array([5.0, 1.0, 0.2])
        found = p_nondominated(
            [
                shares(answers(rng, tune_rates, 60), answers(rng, rates, 200)),
                costs(prices(rng, means, 60), prices(rng, means, 200)),
            ],
            [0, 1, 2],
        )
        assert found[0] < 0.1
        assert (found[1:] > 0.9).all()

    def test_one_objective_leaves_one_winner(self) -> None:
        rng = np.random.default_rng(2)
        rates = np.array([0.5, 0.5, 0.5])
        noise = (rng.random((3, 80)) < rates[:, None]).astype(float)
        found = p_nondominated([shares(noise[:, :40], noise[:, 40:])], [0, 1, 2])
        assert found.sum() == pytest.approx(1)

    def test_a_lone_member_is_certain(self) -> None:
        scores = shares(np.zeros((3, 5)), np.zeros((1, 5)))
        assert p_nondominated([scores], [1]).tolist() == [1.0]

    def test_no_member_has_no_probability(self) -> None:
        assert p_nondominated([shares(np.zeros((3, 5)), np.zeros((0, 5)))], []).tolist() == []

    def test_without_a_holdout_the_tune_split_alone_informs(self) -> None:
        rng = np.random.default_rng(3)
        rates, means = np.array([0.9, 0.5]), np.array([3.0, 1.0])
        found = p_nondominated(
            [
                shares(answers(rng, rates, 100), np.zeros((2, 0))),
                costs(prices(rng, means, 100), np.zeros((2, 0))),
            ],
            [0, 1],
        )
        assert (found > 0.95).all()


class TestEqualMembers:
    def test_members_equal_in_everything_do_not_dominate_each_other(self) -> None:
        rng = np.random.default_rng(4)
        quality = np.repeat(answers(rng, np.array([0.6]), 60), 3, axis=0)
        cost = np.repeat(prices(rng, np.array([2.0]), 60), 3, axis=0)
        found = p_nondominated(
            [shares(quality[:, :30], quality[:, 30:]), costs(cost[:, :30], cost[:, 30:])],
            [0, 1, 2],
        )
        assert found.tolist() == [1, 1, 1]

    def test_the_dearer_of_two_that_answer_alike_is_dominated(self) -> None:
        rng = np.random.default_rng(5)
        quality = np.repeat(answers(rng, np.array([0.6]), 60), 2, axis=0)
        cost = prices(rng, np.array([2.0, 1.0]), 60)
        found = p_nondominated(
            [shares(quality[:, :30], quality[:, 30:]), costs(cost[:, :30], cost[:, 30:])], [0, 1]
        )
        assert found[0] == 0
        assert found[1] == 1

    @pytest.mark.parametrize("value", [0.0, 1.0])
    def test_an_objective_in_which_all_trials_are_alike_decides_nothing(self, value: float) -> None:
        rng = np.random.default_rng(6)
        cost = prices(rng, np.array([2.0, 1.0]), 60)
        constant = np.full((2, 30), value)
        for objective in (shares(constant, constant), costs(constant, constant)):
            found = p_nondominated([objective, costs(cost[:, :30], cost[:, 30:])], [0, 1])
            assert found.tolist() == [0, 1]


class TestShrinkage:
    @staticmethod
    def belief_in_the_luckiest(rng: np.random.Generator, rates: Floats) -> float:
        """How likely the best of many trials seems to beat one that is cheaper, on tune alone."""
        right = (rng.random((len(rates), 60)) < rates[:, None]).astype(np.float64)
        usd = prices(rng, np.exp(rng.standard_normal(len(rates))), 60)
        luckiest = int(right.mean(axis=1).argmax())
        cheapest = int(usd.mean(axis=1).argmin())
        if luckiest == cheapest:
            return 1.0
        pair = np.zeros((2, 0))
        return float(
            p_nondominated([shares(right, pair), costs(usd, pair)], [luckiest, cheapest])[0]
        )

    def test_the_luckiest_of_like_trials_is_hardly_believed_to_be_better(self) -> None:
        """Among 60 equal trials the best is 2.3 standard errors above the mean, by luck alone."""
        rng = np.random.default_rng(7)
        equal = [self.belief_in_the_luckiest(rng, np.full(60, 0.5)) for _ in range(20)]
        unequal = [self.belief_in_the_luckiest(rng, np.linspace(0.1, 0.9, 60)) for _ in range(20)]
        assert np.mean(equal) < 0.75
        assert np.mean(unequal) > 0.9

    def test_trials_that_answer_alike_do_not_hide_how_others_differ(self) -> None:
        rng = np.random.default_rng(12)
        rates, means = np.linspace(0.2, 0.8, 20), np.linspace(1.0, 9.0, 20)
        right, usd = answers(rng, rates, 90), prices(rng, means, 90)
        alone = p_nondominated(
            [shares(right[:, :50], right[[5, 15], 50:]), costs(usd[:, :50], usd[[5, 15], 50:])],
            [5, 15],
        )
        right, usd = np.concatenate([right, right]), np.concatenate([usd, 1.01 * usd])
        twins = p_nondominated(
            [shares(right[:, :50], right[[5, 15], 50:]), costs(usd[:, :50], usd[[5, 15], 50:])],
            [5, 15],
        )
        assert twins == pytest.approx(alone, abs=0.05)


def test_a_difference_counts_more_when_all_other_answers_agree() -> None:
    """Paired questions: six more right answers, where 54 are the same, are no coincidence."""
    rng = np.random.default_rng(13)
    rates = np.linspace(0.3, 0.7, 20)
    tune = (rng.random((20, 60)) < rates[:, None]).astype(float)
    tune[0] = np.arange(60) < 30
    tune[1] = np.arange(60) < 36
    unpaired = tune.copy()
    unpaired[1] = np.arange(60) >= 24
    usd = prices(rng, np.linspace(1.0, 2.0, 20), 60)
    nothing = np.zeros((2, 0))
    alike, different = (
        p_nondominated([shares(scores, nothing), costs(usd, nothing)], [0, 1])[1]
        for scores in (tune, unpaired)
    )
    assert alike > 0.95
    assert different < 0.93


class TestContract:
    def test_the_same_seed_gives_the_same_probabilities(self) -> None:
        rng = np.random.default_rng(8)
        noise = (rng.random((5, 60)) < 0.5).astype(float)
        cost = prices(rng, np.array([1.0, 1.1, 1.2, 1.3, 1.4]), 60)
        objectives = [shares(noise, noise[:3]), costs(cost, cost[:3])]
        first = p_nondominated(objectives, [0, 1, 2], seed=3)
        assert first.tolist() == p_nondominated(objectives, [0, 1, 2], seed=3).tolist()
        other = p_nondominated(objectives, [0, 1, 2], seed=4)
        assert np.abs(first - other).max() < 0.05

    def test_the_unit_of_a_cost_does_not_matter(self) -> None:
        rng = np.random.default_rng(9)
        noise = (rng.random((4, 60)) < 0.5).astype(float)
        usd = np.exp(rng.standard_normal((4, 60)))
        in_usd, in_cents = (
            p_nondominated([shares(noise, noise), costs(usd * f, usd * f)], [0, 1, 2, 3])
            for f in (1.0, 100.0)
        )
        assert in_usd == pytest.approx(in_cents, abs=0.03)

    @pytest.mark.parametrize("wrong", [math.nan, math.inf])
    def test_scores_that_are_not_numbers_are_refused(self, wrong: float) -> None:
        good = shares(np.zeros((3, 5)), np.zeros((2, 5)))
        bad = np.zeros((3, 5))
        bad[0, 0] = wrong
        with pytest.raises(ValueError, match="not a finite number"):
            p_nondominated([replace(good, tune=bad)], [0, 1])

    def test_shapes_that_do_not_fit_are_refused(self) -> None:
        good = shares(np.zeros((3, 5)), np.zeros((2, 5)))
        with pytest.raises(ValueError, match="3 trials"):
            p_nondominated([good, replace(good, tune=np.zeros((4, 5)))], [0, 1])
        with pytest.raises(ValueError, match="2 members"):
            p_nondominated([replace(good, holdout=np.zeros((3, 5)))], [0, 1])
        with pytest.raises(ValueError, match="two questions"):
            p_nondominated([replace(good, tune=np.zeros((3, 1)))], [0, 1])

    @settings(max_examples=30, deadline=None)
    @given(
        seed=st.integers(0, 1000),
        members=st.integers(2, 6),
        questions=st.integers(2, 12),
        holdout=st.integers(0, 8),
    )
    def test_small_or_degenerate_studies_have_probabilities_too(
        self, seed: int, members: int, questions: int, holdout: int
    ) -> None:
        rng = np.random.default_rng(seed)
        quality = rng.integers(0, 2, (members, questions + holdout)).astype(float)
        time = rng.integers(0, 3, (members, questions + holdout)).astype(float)
        found = p_nondominated(
            [
                shares(quality[:, :questions], quality[:, questions:]),
                times(time[:, :questions], time[:, questions:]),
            ],
            range(members),
            draws=200,
        )
        assert ((found >= 0) & (found <= 1)).all()
        assert found.max() > 0


class TestCalibration:
    """Short; the benchmark in `benchmarks/nondominance` has more worlds and a comparison."""

    def test_probabilities_hold_on_average_and_beat_a_bootstrap(self) -> None:
        rng = np.random.default_rng(10)
        predicted: list[float] = []
        resampled: list[float] = []
        truths: list[bool] = []
        for _ in range(80):
            ability, log_cost = 0.3 * rng.standard_normal(40), rng.standard_normal(40)

            def split(
                n: int, ability: Floats = ability, log_cost: Floats = log_cost
            ) -> tuple[Floats, Floats]:
                luck = rng.standard_normal(n) + 0.7 * rng.standard_normal((40, n))
                noise = 0.3 * rng.standard_normal((40, n))
                return (luck < ability[:, None]) * 1.0, np.exp(log_cost[:, None] + noise)

            (right, usd), (right_holdout, usd_holdout) = split(72), split(48)
            front = np.flatnonzero(non_dominated(np.stack([-right.mean(1), usd.mean(1)], axis=1)))
            if len(front) < 2:
                continue
            true_losses = np.stack([-ndtr(ability / math.sqrt(1.49)), log_cost], axis=1)
            truths += non_dominated(true_losses[front]).tolist()
            predicted += p_nondominated(
                [shares(right, right_holdout[front]), costs(usd, usd_holdout[front])],
                front.tolist(),
                draws=300,
            ).tolist()
            picked = rng.integers(0, 48, (200, 48))
            losses = np.stack(
                [
                    -right_holdout[front][:, picked].mean(axis=2),
                    usd_holdout[front][:, picked].mean(axis=2),
                ],
                axis=2,
            )
            resampled += np.mean([non_dominated(losses[:, r]) for r in range(200)], axis=0).tolist()
        truth, model, plain = np.array(truths, float), np.array(predicted), np.array(resampled)
        assert abs(model.mean() - truth.mean()) < 0.04
        assert ((model - truth) ** 2).mean() < ((plain - truth) ** 2).mean() - 0.02
        for low, high in ((0.0, 0.4), (0.4, 0.6), (0.6, 0.8), (0.8, 0.95), (0.95, 1.01)):
            here = (model >= low) & (model < high)
            error = math.sqrt(0.25 / here.sum())
            assert abs(model[here].mean() - truth[here].mean()) < 0.03 + 2 * error
