"""Which records a long history is thinned to."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from syftr_like.search.proposer import Feedback, Record
from syftr_like.search.thinning import thinned

feedbacks = st.one_of(
    st.none(),
    st.builds(
        lambda a, b, v: Feedback((float(a), float(b)), (float(v),)),
        st.integers(0, 9),
        st.integers(0, 9),
        st.integers(-3, 1),
    ),
)


def records(told: list[Feedback | None]) -> list[Record]:
    return [Record({}, str(i), feedback) for i, feedback in enumerate(told)]


def non_dominated(told: list[Feedback | None]) -> set[int]:
    feasible = {i: f.losses for i, f in enumerate(told) if f is not None and f.feasible}
    return {
        i
        for i, mine in feasible.items()
        if not any(
            other != mine and all(o <= m for o, m in zip(other, mine, strict=True))
            for other in feasible.values()
        )
    }


@given(told=st.lists(feedbacks, max_size=80), cap=st.integers(4, 90))
def test_the_cap_is_kept_and_used(told: list[Feedback | None], cap: int) -> None:
    kept = thinned(records(told), cap)
    assert len(kept) == min(cap, len(told))
    assert kept == sorted(set(kept))


@given(told=st.lists(feedbacks, min_size=41, max_size=80))
def test_the_whole_front_stays_while_it_fits_into_half(told: list[Feedback | None]) -> None:
    pending = sum(feedback is None for feedback in told)
    front = non_dominated(told)
    if len(front) <= min(20, 40 - pending):
        assert front <= set(thinned(records(told), 40))


def test_pending_ones_stay() -> None:
    told: list[Feedback | None] = [Feedback((float(i),)) for i in range(50)]
    told[3] = told[30] = None
    assert {3, 30} <= set(thinned(records(told), 10))


def test_the_rest_is_spread_over_the_search_and_holds_the_newest() -> None:
    # The older, the better: the best half is 0 to 19.
    told: list[Feedback | None] = [Feedback((float(i),)) for i in range(100)]
    kept = thinned(records(told), 40)
    assert kept[:20] == list(range(20))
    assert kept[20:] == list(range(23, 100, 4))


def test_feasible_ones_come_before_better_ones_that_break_a_constraint() -> None:
    told: list[Feedback | None] = [Feedback((float(-i),), (1.0,)) for i in range(50)]
    told[7] = Feedback((99.0,), (0.0,))
    assert 7 in thinned(records(told), 10)


def test_a_feasible_one_is_not_ranked_by_what_breaks_a_constraint() -> None:
    told: list[Feedback | None] = [Feedback((float(-i), -9.0), (1.0,)) for i in range(1, 31)]
    told += [Feedback((50.0 + i, 50.0), (0.0,)) for i in range(30)]
    told[29] = Feedback((0.0, 60.0), (0.0,))  # On the front, and dominated by all that break it.
    assert {29, 30} <= set(thinned(records(told), 10))


def test_of_those_that_break_a_constraint_the_nearest_to_keeping_it_stay() -> None:
    told: list[Feedback | None] = [Feedback((0.0,), (50.0 - i % 50,)) for i in range(100)]
    assert {49, 99, 48, 98} <= set(thinned(records(told), 10))
