"""Genes: configurations of a conditional space at a fixed length."""

from __future__ import annotations

import math
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymoo.core.variable import Choice, Integer, Real

from syftr_like.contracts.domains import ChoiceDomain, Domain, FloatDomain, IntDomain
from syftr_like.search.genotype import Genes, _gene, value_of
from syftr_like.search.quantiles import at_quantile
from syftr_like.space import Space

DOMAINS: list[Domain] = [
    IntDomain(2, 21, step=3),
    IntDomain(1, 1000, log=True),
    FloatDomain(0.0, 0.35, step=0.1),
    FloatDomain(1e-4, 10.0, log=True),
    FloatDomain(-1.0, 1.0),
    ChoiceDomain((True, 1, 1.5, "1", None)),
]


def test_every_decision_has_a_gene_whatever_is_open(conditional: Space) -> None:
    paths = [decision.path for decision in conditional.decisions()]
    assert list(Genes(conditional, 0).encode(3, {"answer": "abstain"})) == paths


def test_closed_genes_depend_on_the_seed_and_the_number_alone(conditional: Space) -> None:
    params = {"answer": "abstain"}
    first = Genes(conditional, 7).encode(3, params)
    assert Genes(conditional, 7).encode(3, dict(params)) == first
    assert Genes(conditional, 7).encode(4, params) != first
    assert Genes(conditional, 8).encode(3, params) != first


@settings(deadline=None, max_examples=50)
@given(draw=st.integers(0, 10_000), number=st.integers(0, 50))
def test_the_genes_of_a_configuration_decode_to_it(
    conditional: Space, draw: int, number: int
) -> None:
    params = conditional.sample(Random(draw))
    genes = Genes(conditional, 1).encode(number, params)
    again = conditional.walk(lambda path, domain: value_of(domain, genes[path]))
    assert list(again) == list(params)
    for path, value in params.items():
        assert type(again[path]) is type(value)
        close = isinstance(value, float) and again[path] == pytest.approx(value, rel=1e-9)
        assert close or again[path] == value


@pytest.mark.parametrize("domain", DOMAINS, ids=str)
@given(u=st.floats(0, 1, exclude_max=True))
def test_a_value_comes_back_from_its_gene(domain: Domain, u: float) -> None:
    value = at_quantile(domain, u)
    again = value_of(domain, _gene(domain, value))
    assert type(again) is type(value)
    if isinstance(value, float) and domain.size == math.inf:
        assert again == pytest.approx(value, rel=1e-9, abs=1e-9)
    else:
        assert again == value


@settings(deadline=None)
@given(draw=st.integers(0, 10_000))
def test_genes_lie_within_the_bounds_of_their_variables(conditional: Space, draw: int) -> None:
    genes = Genes(conditional, 1)
    genotype = genes.encode(draw, conditional.sample(Random(draw)))
    for path, variable in genes.variables().items():
        if isinstance(variable, Choice):
            assert genotype[path] in variable.options
        else:
            assert variable.lb <= genotype[path] <= variable.ub


def test_numbers_without_an_end_of_values_are_real_genes_others_whole(
    conditional: Space,
) -> None:
    kinds = {path: type(v) for path, v in Genes(conditional, 0).variables().items()}
    assert kinds["passages.hybrid.bm25_weight"] is Real
    assert kinds["chunks.recursive_splitter.chunk_tokens"] is Real  # log
    assert kinds["passages.bm25.k"] is Integer
    assert kinds["answer.extractive_reader.abstain_below"] is Integer  # step
    assert kinds["passages"] is Choice


@pytest.mark.parametrize(
    "domain",
    [
        IntDomain(1, 1000, log=True),
        FloatDomain(1e-4, 10.0, log=True),
        FloatDomain(-1.0, 1.0),
    ],
    ids=str,
)
def test_the_ends_of_a_real_gene_are_the_ends_of_its_domain(
    domain: IntDomain | FloatDomain,
) -> None:
    assert value_of(domain, 0.0) == pytest.approx(domain.low)
    assert value_of(domain, 1.0) == pytest.approx(domain.high)
    assert value_of(domain, 0.0) in domain
    assert value_of(domain, 1.0) in domain
