"""A trial's value with its interval."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st
from numpy.typing import NDArray

from syftr_like.contracts import Aggregation, Mean, Quantile
from syftr_like.statistics.aggregate import Bounds, aggregate
from syftr_like.statistics.estimate import Estimate

SHARE: Bounds = (0.0, 1.0)
POSITIVE: Bounds = (0.0, None)
FREE: Bounds = (None, None)
P95 = Quantile(0.95)

Sample = Callable[[np.random.Generator, int], NDArray[np.float64]]


def contains(estimate: Estimate, truth: float) -> bool:
    low = -math.inf if estimate.low is None else estimate.low
    high = math.inf if estimate.high is None else estimate.high
    return low <= truth <= high


def coverage(
    aggregation: Aggregation, bounds: Bounds, sample: Sample, truth: float, n: int, runs: int
) -> float:
    rng = np.random.default_rng(11)
    return float(
        np.mean(
            [
                contains(aggregate(aggregation, bounds, sample(rng, n).tolist()), truth)
                for _ in range(runs)
            ]
        )
    )


class TestMean:
    def test_zeros_and_ones_have_wilsons_interval(self) -> None:
        # Newcombe 1998, table I: 81 of 263.
        estimate = aggregate(Mean(), SHARE, [1.0] * 81 + [0.0] * 182)
        assert estimate.value == pytest.approx(81 / 263)
        assert estimate.low == pytest.approx(0.2553, abs=5e-5)
        assert estimate.high == pytest.approx(0.3662, abs=5e-5)
        assert estimate.n == 263

    def test_all_right_is_not_certainty(self) -> None:
        estimate = aggregate(Mean(), SHARE, [1.0] * 29)
        assert estimate.value == estimate.high == 1
        assert estimate.low == pytest.approx(0.8830, abs=5e-5)

    def test_unbounded_scores_have_students_interval(self) -> None:
        estimate = aggregate(Mean(), FREE, [1.0, 2.0, 3.0, 4.0])
        half = 3.182446 * math.sqrt(5 / 3) / 2
        assert estimate.low == pytest.approx(2.5 - half, abs=1e-5)
        assert estimate.high == pytest.approx(2.5 + half, abs=1e-5)

    def test_the_interval_is_cut_off_at_the_one_bound_there_is(self) -> None:
        estimate = aggregate(Mean(), POSITIVE, [0.0, 0.0, 9.0])
        assert estimate.low == 0
        assert estimate.high is not None
        assert estimate.high > 9

    def test_one_score_has_no_interval(self) -> None:
        for bounds in (SHARE, POSITIVE, FREE):
            assert aggregate(Mean(), bounds, [1.0]) == Estimate(1.0, None, None, 1)

    def test_other_bounds_are_a_matter_of_scale(self) -> None:
        shares = [0.1, 0.4, 0.4, 0.9, 1.0]
        plain = aggregate(Mean(), SHARE, shares)
        scaled = aggregate(Mean(), (-5.0, 15.0), [20 * s - 5 for s in shares])
        for a, b in (
            (plain.value, scaled.value),
            (plain.low, scaled.low),
            (plain.high, scaled.high),
        ):
            assert a is not None
            assert b == pytest.approx(20 * a - 5)

    def test_one_score_between_the_bounds_changes_little(self) -> None:
        whole = aggregate(Mean(), SHARE, [1.0] * 20 + [0.0] * 16)
        almost = aggregate(Mean(), SHARE, [1.0] * 19 + [0.999] + [0.0] * 16)
        assert whole.low is not None
        assert almost.low == pytest.approx(whole.low, abs=0.01)

    @pytest.mark.parametrize("p", [0.1, 0.35, 0.5, 0.9])
    @pytest.mark.parametrize("n", [12, 36, 120])
    def test_coverage_of_shares(self, p: float, n: int) -> None:
        assert coverage(Mean(), SHARE, lambda r, k: 1.0 * (r.random(k) < p), p, n, 1500) >= 0.92

    @pytest.mark.parametrize(
        ("sample", "truth"),
        [
            (lambda r, k: r.beta(2, 2, k), 1 / 2),
            (lambda r, k: r.beta(0.3, 0.3, k), 1 / 2),
            (lambda r, k: r.beta(0.2, 2, k), 1 / 11),
            (lambda r, k: np.clip(r.uniform(-1, 9, k), 0, 1), 0.85),
        ],
        ids=["bell", "U", "skewed", "one-inflated"],
    )
    @pytest.mark.parametrize("n", [12, 36, 120])
    def test_coverage_of_scores_between_bounds(self, sample: Sample, truth: float, n: int) -> None:
        assert coverage(Mean(), SHARE, sample, truth, n, 1500) >= 0.925

    @pytest.mark.parametrize("n", [12, 60])
    def test_coverage_of_costs(self, n: int) -> None:
        assert coverage(Mean(), POSITIVE, lambda r, k: r.gamma(4, 1, k), 4, n, 1500) >= 0.92


class TestQuantile:
    def test_it_interpolates_between_order_statistics(self) -> None:
        scores = [4.0, 1.0, 3.0, 2.0]
        assert aggregate(Quantile(0.5), FREE, scores).value == 2.5
        assert aggregate(P95, FREE, scores).value == pytest.approx(3.85)

    @pytest.mark.parametrize(("n", "known"), [(71, False), (72, True)])
    def test_a_p95_has_an_upper_end_from_72_questions_on(self, n: int, known: bool) -> None:
        # .95 ** 72 is the first below .025.
        estimate = aggregate(P95, POSITIVE, [float(i) for i in range(n)])
        assert (estimate.high is not None) is known
        assert estimate.low is not None

    def test_a_median_has_an_interval_from_6_questions_on(self) -> None:
        five = aggregate(Quantile(0.5), POSITIVE, [1.0, 2.0, 3.0, 4.0, 5.0])
        six = aggregate(Quantile(0.5), POSITIVE, [1.0, 2.0, 3.0, 4.0, 5.0, 6.0])
        assert (five.low, five.high) == (None, None)
        assert (six.low, six.high) == (1.0, 6.0)

    def test_ends_are_the_tabled_order_statistics(self) -> None:
        # The sign test's table for n = 20: the 6th and the 15th.
        estimate = aggregate(Quantile(0.5), FREE, [float(i) for i in range(1, 21)])
        assert (estimate.low, estimate.high) == (6.0, 15.0)

    @pytest.mark.parametrize("level", [0, 1, 1.5, -0.1])
    def test_a_level_lies_between_0_and_1(self, level: float) -> None:
        with pytest.raises(ValueError, match="between 0 and 1"):
            aggregate(Quantile(level), FREE, [1.0, 2.0])

    @pytest.mark.parametrize(
        ("level", "n", "truth"),
        [(0.5, 12, math.log(2)), (0.5, 100, math.log(2)), (0.95, 100, math.log(20))],
    )
    def test_coverage(self, level: float, n: int, truth: float) -> None:
        found = coverage(
            Quantile(level), POSITIVE, lambda r, k: r.exponential(1, k), truth, n, 1500
        )
        assert 0.94 <= found <= 0.99


@pytest.mark.parametrize("aggregation", [Mean(), P95])
class TestMistakes:
    def test_a_score_that_is_not_a_number_is_refused(self, aggregation: Aggregation) -> None:
        for wrong in (math.nan, math.inf):
            with pytest.raises(ValueError, match="not a finite number"):
                aggregate(aggregation, POSITIVE, [1.0, wrong])

    def test_no_scores_are_refused(self, aggregation: Aggregation) -> None:
        with pytest.raises(ValueError, match="shape"):
            aggregate(aggregation, SHARE, [])

    def test_scores_outside_the_bounds_are_refused(self, aggregation: Aggregation) -> None:
        for wrong in (-0.5, 1.5):
            with pytest.raises(ValueError, match="exceed the bounds"):
                aggregate(aggregation, SHARE, [0.5, wrong])

    def test_a_rounding_error_at_a_bound_is_not(self, aggregation: Aggregation) -> None:
        estimate = aggregate(aggregation, SHARE, [1 + 1e-12, 1.0])
        assert estimate.value == pytest.approx(1)


shares = st.lists(st.integers(0, 64).map(lambda k: k / 64), min_size=1, max_size=80)
costs = st.lists(st.floats(0, 1e6, allow_subnormal=False), min_size=1, max_size=80)
aggregations = st.sampled_from([Mean(), P95, Quantile(0.5), Quantile(0.1)])


class TestProperties:
    @given(aggregation=aggregations, scores=shares)
    def test_the_interval_holds_the_value_and_keeps_the_bounds(
        self, aggregation: Aggregation, scores: list[float]
    ) -> None:
        estimate = aggregate(aggregation, SHARE, scores)
        assert min(scores) <= estimate.value <= max(scores)
        assert estimate.low is None or 0 <= estimate.low <= estimate.value
        assert estimate.high is None or estimate.value <= estimate.high <= 1
        assert estimate.n == len(scores)

    @given(aggregation=aggregations, scores=costs)
    def test_so_it_does_with_one_bound(self, aggregation: Aggregation, scores: list[float]) -> None:
        estimate = aggregate(aggregation, POSITIVE, scores)
        assert min(scores) <= estimate.value <= max(scores)
        assert estimate.low is None or 0 <= estimate.low <= estimate.value
        assert estimate.high is None or estimate.value <= estimate.high

    @given(data=st.data(), aggregation=aggregations, scores=shares)
    def test_the_order_of_the_questions_does_not_matter(
        self, data: st.DataObject, aggregation: Aggregation, scores: list[float]
    ) -> None:
        shuffled = data.draw(st.permutations(scores))
        assert aggregate(aggregation, SHARE, shuffled) == aggregate(aggregation, SHARE, scores)

    @given(scores=shares)
    def test_turning_a_share_round_turns_its_interval_round(self, scores: list[float]) -> None:
        assume(len(scores) > 1)
        turned = aggregate(Mean(), SHARE, [1 - s for s in scores])
        plain = aggregate(Mean(), SHARE, scores)
        assert plain.low is not None
        assert plain.high is not None
        assert turned.low == pytest.approx(1 - plain.high, abs=1e-6)
        assert turned.high == pytest.approx(1 - plain.low, abs=1e-6)

    @given(scores=shares)
    def test_more_of_the_same_narrows_the_interval(self, scores: list[float]) -> None:
        assume(len(scores) > 1)
        once = aggregate(Mean(), SHARE, scores)
        often = aggregate(Mean(), SHARE, scores * 4)
        assert once.low is not None
        assert once.high is not None
        assert often.low is not None
        assert often.high is not None
        assert often.high - often.low < once.high - once.low
