"""Configurations as evolutionary operators see them: one gene per decision of a space."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from syftr_like.contracts.domains import ChoiceDomain, Domain, FloatDomain, IntDomain

from .quantiles import at_quantile
from .seeding import derived_rng

if TYPE_CHECKING:
    from pymoo.core.variable import Variable

    from syftr_like.search.proposer import Value
    from syftr_like.space import Space

Genotype: TypeAlias = "dict[str, int | float]"
"""Path of every decision of a space, open or not, to its gene.

A gene is the position of a value among those of its domain, or, where they are real or
logarithmic, the quantile in [0, 1] of a value in its domain's uniform distribution: a mutation
of some size then means the same in all of them.
"""


class Genes:
    """Translates between the configurations of a space and genotypes of a fixed length.

    A decision that is not open in a configuration has a gene all the same. It does nothing
    there, and comes to bear in offspring in which the decision is open. A configuration does not
    tell its closed genes, so that they are drawn, from the seed and the proposal's number.

    Args:
        space: What the genes are about.
        seed: Seed of the closed genes.
    """

    def __init__(self, space: Space, seed: int) -> None:
        self._space = space
        self._seed = seed
        self.domains: dict[str, Domain] = {d.path: d.domain for d in space.decisions()}

    def encode(self, number: int, params: Mapping[str, Value]) -> Genotype:
        """Return the genotype of a proposal."""
        return {
            path: _gene(domain, params[path])
            if path in params
            else _drawn(domain, derived_rng(self._seed, "gene", number, path).random())
            for path, domain in self.domains.items()
        }

    def variables(self) -> dict[str, Variable]:
        """Return each gene as pymoo describes it."""
        from pymoo.core.variable import Choice, Integer, Real

        described: dict[str, Variable] = {}
        for path, domain in self.domains.items():
            if isinstance(domain, ChoiceDomain):
                described[path] = Choice(options=range(domain.size))
            elif _is_continuous(domain):
                described[path] = Real(bounds=(0.0, 1.0))
            else:
                described[path] = Integer(bounds=(0, int(domain.size) - 1))
        return described


def value_of(domain: Domain, gene: int | float) -> Value:
    """Return the value of a domain that a gene stands for, as plain Python."""
    if _is_continuous(domain):
        return at_quantile(domain, float(gene))
    return domain.values()[int(gene)]


def _is_continuous(domain: Domain) -> bool:
    if isinstance(domain, FloatDomain):
        return domain.step is None
    return isinstance(domain, IntDomain) and domain.log


def _drawn(domain: Domain, u: float) -> int | float:
    return u if _is_continuous(domain) else int(u * domain.size)


def _gene(domain: Domain, value: Value) -> int | float:
    if isinstance(domain, ChoiceDomain):
        return next(
            i
            for i, option in enumerate(domain.options)
            if type(option) is type(value) and option == value
        )
    assert isinstance(value, int | float)
    if isinstance(domain, FloatDomain) and domain.step is None:
        if domain.low == domain.high:
            return 0.0
        if domain.log:
            return math.log(value / domain.low) / math.log(domain.high / domain.low)
        return (value - domain.low) / (domain.high - domain.low)
    if isinstance(domain, IntDomain) and domain.log:
        low, high = domain.low - 0.5, domain.high + 0.5
        return math.log(value / low) / math.log(high / low)
    assert domain.step is not None
    return round((value - domain.low) / domain.step)
