"""How much two trials differ on the same questions."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts.evaluator import Mean, Quantile
from syftr_like.statistics.aggregate import aggregate
from syftr_like.statistics.paired_difference import paired_difference

SHARE = (0.0, 1.0)
pairs = st.lists(st.tuples(st.floats(0, 1), st.floats(0, 1)), min_size=1, max_size=40)


@pytest.mark.parametrize("aggregation", [Mean(), Quantile(0.95)])
@given(scores=pairs)
def test_it_is_the_difference_of_the_aggregates_and_turns_its_sign(
    aggregation: Mean | Quantile, scores: list[tuple[float, float]]
) -> None:
    a, b = [x for x, _ in scores], [y for _, y in scores]
    there, back = (
        paired_difference(aggregation, SHARE, a, b),
        paired_difference(aggregation, SHARE, b, a),
    )
    expected = aggregate(aggregation, SHARE, b).value - aggregate(aggregation, SHARE, a).value

    assert there.value == pytest.approx(expected, abs=1e-9)
    assert there.n == len(scores)
    if there.low is not None and there.high is not None:
        assert -1 <= there.low <= there.value <= there.high <= 1
        assert back.low == pytest.approx(-there.high, abs=1e-9)
        assert back.high == pytest.approx(-there.low, abs=1e-9)


@pytest.mark.parametrize("bounds", [SHARE, (0.0, None)])
def test_pairing_says_more_than_two_intervals(bounds: tuple[float, float | None]) -> None:
    rng = np.random.default_rng(0)
    hard = rng.random(60)
    a, b = list(hard * 0.8), list(hard * 0.8 + 0.1)

    change = paired_difference(Mean(), bounds, a, b)
    own = aggregate(Mean(), bounds, a)

    assert change.low is not None
    assert change.low > 0
    assert change.high is not None
    assert own.high is not None
    assert own.low is not None
    assert change.high - change.low < 0.7 * (own.high - own.low)


def test_equal_answers_do_not_prove_equality() -> None:
    change = paired_difference(Mean(), SHARE, [1.0, 0.0] * 10, [1.0, 0.0] * 10)

    assert change.value == 0
    assert change.low is not None
    assert change.low < -0.05


@pytest.mark.parametrize("level", [0.5, 0.95])
def test_a_quantile_needs_a_few_questions(level: float) -> None:
    few = paired_difference(Quantile(level), (0.0, None), [1.0] * 5, [2.0] * 5)
    more = paired_difference(Quantile(level), (0.0, None), [1.0] * 6, [2.0] * 6)

    assert (few.value, few.low, few.high) == (1.0, None, None)
    assert (more.low, more.high) == (1.0, 1.0)


@pytest.mark.parametrize("gain", [0.0, 0.15])
def test_the_interval_holds_the_truth_nineteen_times_in_twenty(gain: float) -> None:
    rng = np.random.default_rng(1)
    held = 0
    for _ in range(1000):
        draw = rng.random((3, 60))
        a = draw[0] < 0.5
        # The second flow repeats the first on most questions, as flows that share parts do.
        b = np.where(draw[1] < 0.7, a, draw[2] < 0.5) | (rng.random(60) < gain)
        change = paired_difference(Mean(), SHARE, list(a.astype(float)), list(b.astype(float)))
        truth = gain * 0.5
        assert change.low is not None
        assert change.high is not None
        held += change.low <= truth <= change.high
    assert 0.93 <= held / 1000 <= 1.0


def test_scores_that_are_no_pairs_are_refused() -> None:
    with pytest.raises(ValueError, match="3 scores cannot be paired with 2"):
        paired_difference(Mean(), SHARE, [0.0] * 3, [1.0] * 2)
