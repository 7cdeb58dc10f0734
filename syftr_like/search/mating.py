"""Offspring of two parents, by pymoo's operators."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from pymoo.core.individual import Individual
    from pymoo.core.problem import Problem

    from syftr_like.search.genotype import Genotype

CROSSOVER_ETA = 15.0
"""Distribution index of simulated binary crossover: the higher, the nearer to the parents."""

MUTATION_ETA = 20.0
"""Distribution index of polynomial mutation: the higher, the smaller the steps."""


def children(
    problem: Problem,
    first: Individual,
    second: Individual,
    *,
    mutation_rate: float,
    rng: np.random.Generator,
) -> list[Genotype]:
    """Return the two children of two parents.

    Options are exchanged by uniform crossover and redrawn at random; numbers are crossed by
    simulated binary crossover and changed by polynomial mutation, whole ones rounded.

    Args:
        problem: Holds the genes' variables.
        first: Its `X` is a `Genotype`.
        second: As `first`; it may be the same.
        mutation_rate: Probability that a gene is mutated.
        rng: All chance.

    References:
        Deb and Agrawal, "Simulated binary crossover for continuous search space", 1995. Deb and
        Goyal, "A combined genetic adaptive search (GeneAS) for engineering design", 1996, for
        the mutation.
    """
    import numpy as np
    from pymoo.core.mixed import MixedVariableMating
    from pymoo.core.variable import Choice, Integer, Real
    from pymoo.operators.crossover.sbx import SBX
    from pymoo.operators.crossover.ux import UX
    from pymoo.operators.mutation.pm import PM
    from pymoo.operators.mutation.rm import ChoiceRandomMutation
    from pymoo.operators.repair.rounding import RoundingRepair

    # The rate is given to each operator: left to itself, pymoo takes one over the number of genes
    # that an operator sees, and as it treats each choice alone, would redraw every other one.
    mating = MixedVariableMating(
        crossover={
            Real: SBX(eta=CROSSOVER_ETA),
            Integer: SBX(eta=CROSSOVER_ETA, vtype=float, repair=RoundingRepair()),
            Choice: UX(),
        },
        mutation={
            Real: PM(eta=MUTATION_ETA, prob_var=mutation_rate),
            Integer: PM(
                eta=MUTATION_ETA, prob_var=mutation_rate, vtype=float, repair=RoundingRepair()
            ),
            Choice: ChoiceRandomMutation(prob_var=mutation_rate),
        },
        # Duplicates are judged where genotypes are decoded.
        eliminate_duplicates=None,
    )
    born = mating.do(problem, [[first, second]], 2, parents=True, random_state=rng)
    # An object array keeps plain numbers, others hold numpy's.
    return [{path: np.asarray(gene).item() for path, gene in child.X.items()} for child in born]
