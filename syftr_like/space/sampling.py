"""Drawing parameters at random, and listing all of them."""

from __future__ import annotations

import contextlib
import math
import random
from collections.abc import Iterator

from syftr_like.contracts import Domain
from syftr_like.errors import InputError, Location

from .domain_values import draw
from .rules import ForbiddenCombination, Rules
from .tree import Scalar, Tree
from .walk import walk

MAX_DRAWS = 10_000


def sample(tree: Tree, rules: Rules, rng: random.Random, source: str) -> dict[str, Scalar]:
    """Draw each decision uniformly from its domain; what is forbidden is drawn again.

    Raises:
        InputError: 10,000 draws in a row were forbidden.
    """
    rule = ""
    for _ in range(MAX_DRAWS):
        try:
            return walk(tree, rules, lambda path, domain: draw(domain, rng)).params
        except ForbiddenCombination as forbidden:
            rule = forbidden.rule
    raise InputError(
        f"{MAX_DRAWS:,} draws in a row were forbidden",
        location=Location(source),
        found=f"the last by the rule {rule}",
        expected="rules under `forbid` that leave more of the space, or narrower domains",
    )


class _UncountableError(Exception):
    """The walk came to a real number, and all flows with one are known to be forbidden."""


def enumerate_params(tree: Tree, rules: Rules) -> Iterator[dict[str, Scalar]]:
    """Yield every allowed assignment once: the last decision of the walk varies fastest.

    The caller has made sure that the space is finite. A real number may still be met where every
    value of it is forbidden; those branches are left out.
    """
    turns: list[tuple[list[Scalar], int]] = []
    while True:
        depth = 0

        def choose(path: str, domain: Domain) -> Scalar:
            nonlocal depth
            if depth == len(turns):
                if domain.size == math.inf:
                    raise _UncountableError
                turns.append((list(domain.values()), 0))
            values, index = turns[depth]
            depth += 1
            return values[index]

        with contextlib.suppress(ForbiddenCombination, _UncountableError):
            yield walk(tree, rules, choose).params
        while turns and turns[-1][1] + 1 == len(turns[-1][0]):
            turns.pop()
        if not turns:
            return
        values, index = turns[-1]
        turns[-1] = (values, index + 1)
