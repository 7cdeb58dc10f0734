"""Offspring of two parents on a conditional space, by pymoo's operators."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .genotype import Genotype

if TYPE_CHECKING:
    import numpy as np
    from pymoo.core.problem import Problem

CROSSOVER_ETA = 15.0
"""Distribution index of simulated binary crossover: the higher, the nearer to the parents."""

MUTATION_ETA = 20.0
"""Distribution index of polynomial mutation: the higher, the smaller the steps."""


@dataclass(frozen=True, slots=True)
class Parent:
    """A genotype, and the paths of the decisions that are open in its configuration."""

    genes: Genotype
    open: frozenset[str]


def offspring(
    problem: Problem, first: Parent, second: Parent, rng: np.random.Generator
) -> Sequence[Genotype]:
    """Return the two children of two parents.

    Options are exchanged (uniform crossover) and redrawn, numbers are crossed by simulated
    binary crossover and changed by polynomial mutation. Before that, a gene that is closed in
    one parent takes the other's where it is open: what is known of a decision is passed on, and
    a gene that no one has tried gives way. About one open decision of a child is mutated.

    Args:
        problem: Holds the genes' variables.
        first: A parent.
        second: The other parent; it may be the same.
        rng: All chance.
    """
    from pymoo.core.individual import Individual
    from pymoo.core.mixed import MixedVariableMating
    from pymoo.core.variable import Choice, Integer, Real
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.crossover.ux import UX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.mutation.rm import ChoiceRandomMutation
    from pymoo.operators.repair.rounding import RoundingRepair

    # pymoo would set the rate by the number of genes of a type, and as it treats each choice by
    # itself, redraw every other one.
    rate = 2 / max(2, len(first.open) + len(second.open))
    mating = MixedVariableMating(
        crossover={
            Real: SBX(eta=CROSSOVER_ETA),
            Integer: SBX(eta=CROSSOVER_ETA, vtype=float, repair=RoundingRepair()),
            Choice: UX(),
        },
        mutation={
            Real: PM(eta=MUTATION_ETA, prob_var=rate),
            Integer: PM(eta=MUTATION_ETA, prob_var=rate, vtype=float, repair=RoundingRepair()),
            Choice: ChoiceRandomMutation(prob_var=rate),
        },
        eliminate_duplicates=None,
    )
    pair = [
        Individual(X=_informed(first, by=second)),
        Individual(X=_informed(second, by=first)),
    ]
    children = mating.do(problem, [pair], 2, parents=True, random_state=rng)
    return [_plain(child.X) for child in children]


def _informed(parent: Parent, by: Parent) -> Genotype:
    told = by.open - parent.open
    return {path: by.genes[path] if path in told else gene for path, gene in parent.genes.items()}


def _plain(genes: Mapping[str, np.generic]) -> Genotype:
    return {path: getattr(gene, "item", lambda g=gene: g)() for path, gene in genes.items()}
