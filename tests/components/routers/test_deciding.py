"""The models behind learned routers, without a flow."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from syftr_like.components.routers.answer_scorer import evidence, fit_scorer
from syftr_like.components.routers.escalation import ThresholdParameters, thresholds_of
from syftr_like.components.routers.learned_choice import best_branch
from syftr_like.components.routers.linear_bandit import LinearBandit, joined
from syftr_like.components.routers.question_features import FARTHEST, question_features
from syftr_like.components.routers.regressions import fit_cost, fit_success
from syftr_like.contracts import Answer

RNG = np.random.default_rng(0)
FEATURES = RNG.normal(size=(200, 3))


class TestSuccess:
    def test_it_finds_what_success_depends_on(self) -> None:
        likely = 1 / (1 + np.exp(-(1 + 2 * FEATURES[:, 0])))
        model = fit_success(FEATURES, (RNG.random(200) < likely).astype(float), 1.0)
        assert model.probability(np.array([2.0, 0, 0])) > 0.9
        assert model.probability(np.array([-2.0, 0, 0])) < 0.2

    def test_strong_regularisation_leaves_the_share_of_successes(self) -> None:
        scores = (np.arange(200) % 4 == 0).astype(float)
        model = fit_success(FEATURES, scores, 1e6)
        assert model.probability(FEATURES[0]) == pytest.approx(0.25, abs=1e-3)

    @pytest.mark.parametrize(("score", "share"), [(1.0, 201 / 202), (0.0, 1 / 202)])
    def test_one_class_is_the_same_for_every_question(self, score: float, share: float) -> None:
        model = fit_success(FEATURES, np.full(200, score), 1.0)
        assert model.probability(FEATURES[0] * 100) == pytest.approx(share)

    def test_no_labels_are_even_odds(self) -> None:
        assert fit_success(np.zeros((0, 3)), np.zeros(0), 1.0).probability(FEATURES[0]) == 0.5

    def test_half_a_success_counts_half(self) -> None:
        model = fit_success(FEATURES, np.full(200, 0.5), 10.0)
        assert model.probability(FEATURES[0]) == pytest.approx(0.5, abs=1e-6)


class TestCost:
    def test_it_finds_what_cost_depends_on(self) -> None:
        costs = np.exp(FEATURES[:, 1] - 3)
        model = fit_cost(FEATURES, costs, 1e-6)
        assert model.cost(np.array([0, 0.5, 0])) == pytest.approx(np.exp(-2.5), rel=0.01)

    @given(arrays(float, 3, elements=st.floats(-1e6, 1e6)), st.floats(1e-3, 1e6))
    def test_it_stays_within_what_was_seen(self, features, regularisation: float) -> None:
        costs = RNG.lognormal(size=200)
        found = fit_cost(FEATURES, costs, regularisation).cost(features)
        assert costs.min() <= found <= costs.max()

    @pytest.mark.parametrize("costs", [np.zeros(200), np.arange(200.0)])
    def test_where_some_cost_nothing_it_is_the_mean(self, costs) -> None:
        assert fit_cost(FEATURES, costs, 1.0).cost(FEATURES[3]) == pytest.approx(costs.mean())


class TestBestBranch:
    def test_the_cheapest_of_equals_then_the_first(self) -> None:
        assert best_branch(np.array([0.1 + 0.2, 0.3, 0.0]), np.array([2.0, 1.0, 0.0])) == 1
        assert best_branch(np.array([0.3, 0.3]), np.array([1.0, 1.0])) == 0


class TestFeatures:
    TEXTS = ("Who is Ada?", "What is 5, and 6, or 7?", "Is it?", "")
    VECTORS = RNG.normal(size=(4, 5)).astype(np.float32)

    def test_they_are_centred_and_none_is_far(self) -> None:
        features = question_features(self.TEXTS, self.VECTORS, 2)
        known = features.of_all(self.TEXTS, self.VECTORS)
        assert known.shape == (4, features.size)
        assert np.abs(known.mean(axis=0)).max() < 1e-6
        assert np.abs(features.of("z" * 9999, self.VECTORS[0] * 1e6)).max() <= FARTHEST

    @pytest.mark.parametrize("vectors", [np.ones((4, 5)), np.zeros((4, 5)), np.zeros((4, 0))])
    def test_equal_vectors_have_no_components(self, vectors) -> None:
        features = question_features(self.TEXTS, vectors.astype(np.float32), 3)
        assert len(features.directions) == 0
        assert np.isfinite(features.of("Why?", vectors[0].astype(np.float32))).all()


class TestBandit:
    def test_each_arm_is_tried_in_turn_then_the_one_that_may_be_best(self) -> None:
        bandit = LinearBandit(3, 2, 1.0)
        context = np.array([1.0, 0.0])
        tried = []
        for _ in range(30):
            arm = bandit.to_try(context, 0.5, 0.0, first=1)
            bandit.learn(arm, context, float(arm == 2), 1.0)
            tried.append(arm)
        assert tried[:3] == [1, 2, 0]
        assert tried.count(2) > 15
        assert bandit.best(context, 0.0) == 2

    def test_it_learns_arms_by_context_from_one_try_a_question(self) -> None:
        bandit = LinearBandit(2, 2, 1.0)
        for _ in range(200):
            context = np.array([1.0, RNG.choice([-1.0, 1.0])])
            arm = bandit.to_try(context, 1.0, 0.0, first=0)
            bandit.learn(arm, context, float(arm == (context[1] > 0)), 1.0)
        assert bandit.best(np.array([1.0, 1.0]), 0.0) == 1
        assert bandit.best(np.array([1.0, -1.0]), 0.0) == 0
        assert bandit.tried.sum() == 200

    def test_joined_knows_as_much_as_one_that_learned_it_all(self) -> None:
        one, two, both = (LinearBandit(2, 2, 1.0) for _ in range(3))
        for step in range(40):
            context = np.array([1.0, RNG.normal()])
            for bandit in ((one, two)[step % 2], both):
                bandit.learn(step % 2, context, float(step % 3 == 0), 0.1 * step)
        together = joined([one, two])
        assert np.allclose(together.gram, both.gram)
        assert np.allclose(together.moment, both.moment)
        assert (together.tried == both.tried).all()

    def test_an_arm_that_was_never_tried_is_not_best(self) -> None:
        bandit = LinearBandit(2, 1, 1.0)
        bandit.learn(1, np.array([1.0]), 0.0, 9.0)
        assert bandit.best(np.array([1.0]), 10.0) == 1


class TestScorer:
    def test_evidence_of_an_answer_among_others(self) -> None:
        seen = evidence([Answer("Paris", confidence=0.9), None, Answer("in Paris")])
        assert seen.tolist() == pytest.approx([0, 1, 2 / 3, 2 / 3, 0, np.log(3)])
        first = evidence([Answer("", abstained=True, confidence=1.0)])
        assert first.tolist() == pytest.approx([4, 0, 0, 0, 1, 0])

    def test_without_labels_the_odds_are_even(self) -> None:
        scorer = fit_scorer(np.zeros((0, 6)), np.zeros((0, 2)), np.zeros(0), 1.0)
        assert scorer.probability(np.ones(6), np.ones(2)) == 0.5


@pytest.mark.parametrize(
    ("stated", "branches", "skipped", "found"),
    [
        ({}, 1, 0, []),
        ({}, 4, 0, [0.5, 0.5, 0.5]),
        ({"threshold_2": 0.7}, 4, 0, [0.5, 0.7, 0.7]),
        ({"threshold_3": 0.9}, 5, 0, [0.5, 0.5, 0.9, 0.9]),
        ({"threshold_2": 0.7}, 4, 1, [0.5, 0.5, 0.7]),
    ],
)
def test_thresholds_of_the_places_where_a_cascade_may_end(stated, branches, skipped, found) -> None:
    assert thresholds_of(ThresholdParameters(**stated), branches, skipped) == found
