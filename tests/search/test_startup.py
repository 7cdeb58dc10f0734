"""The stratified start: every option early, every number spread."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from syftr_like.contracts.domains import ChoiceDomain, Domain, FloatDomain, IntDomain
from syftr_like.search import Proposer
from syftr_like.search.proposer import Value
from syftr_like.search.quantiles import at_quantile
from syftr_like.search.startup import StratifiedStart
from syftr_like.space import Space


def anything(value: Value) -> bool:
    return True


def values(domain: Domain, count: int, seed: int = 0, path: str = "p") -> list[Value]:
    start = StratifiedStart(seed)
    drawn = []
    for _ in range(count):
        drawn.append(start.prefer(path, domain, anything))
        start.observe({path: drawn[-1]})
    return drawn


@given(options=st.integers(1, 9), seed=st.integers(0, 50))
def test_the_first_k_draws_show_each_of_k_options(options: int, seed: int) -> None:
    domain = ChoiceDomain(tuple(range(options)))
    drawn = values(domain, 3 * options, seed)
    for start in (0, options, 2 * options):
        assert sorted(drawn[start : start + options]) == list(range(options))  # type: ignore[type-var]


def test_true_and_one_are_two_options() -> None:
    drawn = values(ChoiceDomain((True, 1)), 2)
    assert {type(value) for value in drawn} == {bool, int}


@given(power=st.integers(0, 6), seed=st.integers(0, 50))
def test_the_first_2_to_the_m_numbers_lie_in_as_many_strata(power: int, seed: int) -> None:
    count = 2**power
    drawn = values(FloatDomain(0.0, 1.0), count, seed)
    assert sorted(int(v * count) for v in drawn if isinstance(v, float)) == list(range(count))


def test_two_parameters_are_spread_independently() -> None:
    domain = FloatDomain(0.0, 1.0)
    one, other = values(domain, 256, path="one"), values(domain, 256, path="other")
    quadrants = [0, 0, 0, 0]
    for a, b in zip(one, other, strict=True):
        assert isinstance(a, float)
        assert isinstance(b, float)
        quadrants[2 * (a >= 0.5) + (b >= 0.5)] += 1
    assert min(quadrants) > 40


@given(u=st.floats(0, 1, exclude_max=True))
def test_a_quantile_lies_in_its_domain(u: float) -> None:
    for domain in (
        IntDomain(3, 3),
        IntDomain(2, 20, step=3),
        IntDomain(1, 1000, log=True),
        FloatDomain(-1.0, 2.0),
        FloatDomain(0.1, 0.9, step=0.2),
        FloatDomain(1e-6, 10.0, log=True),
        ChoiceDomain(("a", None, True, 1)),
    ):
        assert at_quantile(domain, u) in domain


def test_quantiles_are_even_in_value_or_in_logarithm() -> None:
    assert at_quantile(FloatDomain(0.0, 10.0), 0.25) == 2.5
    assert at_quantile(FloatDomain(0.01, 100.0, log=True), 0.5) == pytest.approx(1.0)
    assert at_quantile(IntDomain(1, 4), 0.74) == 3
    assert at_quantile(IntDomain(1, 100, log=True), 0.5) == round(math.sqrt(0.5 * 100.5))
    assert at_quantile(FloatDomain(0.0, 1.0, step=0.25), 0.99) == 1.0


def test_tpe_shows_every_option_of_every_choice_in_the_start(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    proposer = make("tpe", conditional, trials=60)
    shown: dict[str, set[Value]] = {}
    for _ in range(12):
        proposal = proposer.ask()
        assert proposal is not None
        for path, value in proposal.params.items():
            shown.setdefault(path, set()).add(value)
    for decision in conditional.decisions():
        if isinstance(decision.domain, ChoiceDomain):
            assert shown[decision.path] == set(decision.domain.options), decision.path


def test_numbers_of_the_start_are_spread_also_under_a_condition(
    make: Callable[..., Proposer], conditional: Space
) -> None:
    proposer = make("tpe", conditional, trials=200)
    path = "passages.dense.k"
    drawn = [
        p.params[path]
        for p in (proposer.ask() for _ in range(40))
        if p is not None and path in p.params
    ]
    assert len(drawn) >= 8
    ordered = sorted(v for v in drawn[:8] if isinstance(v, int))
    assert max(b - a for a, b in pairwise([1, *ordered, 12])) <= 3
