"""The first proposals of a model-based search: spread evenly before there is a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from random import Random
from typing import TYPE_CHECKING

from syftr_like.contracts.domains import ChoiceDomain, Domain

from .explored import Step, step
from .quantiles import at_quantile
from .seeding import derived_rng

if TYPE_CHECKING:
    from syftr_like.search.proposer import Value


class StratifiedStart:
    """A space-filling design for conditional spaces, extended one configuration at a time.

    Nobody knows beforehand how often a conditional decision will be open, so the design is even
    at any length. Each choice takes one of the options that earlier proposals took least often
    where that choice was open: every option of a choice with k options occurs within the first
    k times that it is open. Each number follows a sequence of its own that fills 1, 2, 4, 8, ...
    equal strata of its domain, each refinement in random order: Latin hypercube sampling
    (McKay, Beckman and Conover, 1979) whose strata are halved as soon as they are full.

    Args:
        seed: Seed of all chance.
    """

    def __init__(self, seed: int) -> None:
        self._seed = seed
        self._open: Counter[str] = Counter()
        self._taken: Counter[Step] = Counter()
        self._sequences: dict[str, _StratifiedSequence] = {}

    def observe(self, params: Mapping[str, Value]) -> None:
        """Count a proposal in."""
        for path, value in params.items():
            self._open[path] += 1
            self._taken[step(path, value)] += 1

    def prefer(self, path: str, domain: Domain, is_open: Callable[[Value], bool]) -> Value:
        """Return the value that the design has next for a decision; a `Preference`."""
        if isinstance(domain, ChoiceDomain):
            left = [option for option in domain.options if is_open(option)] or domain.options
            fewest = min(self._taken[step(path, option)] for option in left)
            tied = [option for option in left if self._taken[step(path, option)] == fewest]
            return derived_rng(self._seed, "tie", path, self._open[path]).choice(tied)
        return at_quantile(domain, self._sequence(path).at(self._open[path]))

    def _sequence(self, path: str) -> _StratifiedSequence:
        if path not in self._sequences:
            self._sequences[path] = _StratifiedSequence(derived_rng(self._seed, "strata", path))
        return self._sequences[path]


class _StratifiedSequence:
    """Numbers in [0, 1) of which the first 2**m lie in 2**m different strata, for every m."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._numbers: list[float] = []

    def at(self, position: int) -> float:
        while len(self._numbers) <= position:
            self._refine()
        return self._numbers[position]

    def _refine(self) -> None:
        strata = max(1, 2 * len(self._numbers))
        filled = {int(number * strata) for number in self._numbers}
        empty = [stratum for stratum in range(strata) if stratum not in filled]
        self._rng.shuffle(empty)
        self._numbers += [(stratum + self._rng.random()) / strata for stratum in empty]
