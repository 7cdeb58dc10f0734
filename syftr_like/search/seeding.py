"""Random generators derived from a seed and a place, so that no generator is carried along."""

from __future__ import annotations

import hashlib
from random import Random


def derived_seed(seed: int, *place: int | str) -> int:
    """Return a 32-bit seed that depends on all arguments and on nothing else.

    Neighbouring seeds and places give unrelated values, on every platform and in every process.
    """
    text = "\x1f".join([str(seed), *map(str, place)])
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


def derived_rng(seed: int, *place: int | str) -> Random:
    """Return a generator in the state that belongs to the seed and the place."""
    return Random(derived_seed(seed, *place))
