"""Finding texts that are nearly the same, exactly and without comparing each with each.

Texts are sets of word shingles, alike by their Jaccard coefficient (Broder 1997). Two sets that are
alike by at least t share one of the rarest shingles of each: with shingles sorted by how rare they
are, one of the first |x| - ceil(t |x|) + 1 (prefix filtering: Chaudhuri, Ganti & Kaushik 2006).
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TypeAlias

Shingles: TypeAlias = frozenset[int]
"""A text as the numbers of its shingles; never empty."""


class ShingleNumbers:
    """Gives each run of `size` words a number of its own."""

    def __init__(self, size: int, words: Callable[[str], Sequence[str]]) -> None:
        self._size = size
        self._words = words
        self._numbers: dict[tuple[str, ...], int] = {}

    def of(self, text: str) -> Shingles:
        """Return the shingles of a text; a text shorter than a shingle is one by itself.

        Of a text without words, the shingle is the text as it stands.
        """
        words = tuple(self._words(text)) or ("", text.strip())
        last = max(0, len(words) - self._size)
        runs = {words[first : first + self._size] for first in range(last + 1)}
        return frozenset(self._numbers.setdefault(run, len(self._numbers)) for run in runs)


def first_of_each(texts: Sequence[tuple[Shingles, ...]], threshold: float) -> list[int]:
    """Return the positions of the texts of which none before them that is kept is a duplicate.

    Args:
        texts: Each as one or more sets: duplicates are alike in all of them, pair by pair.
        threshold: Least Jaccard coefficient of duplicates, above 0 and at most 1.
    """
    rarity = Counter(shingle for sets in texts for shingle in sets[0])
    having: defaultdict[int, list[int]] = defaultdict(list)
    kept: list[int] = []
    for position, sets in enumerate(texts):
        size = len(sets[0])
        rarest = sorted(sets[0], key=lambda shingle: (rarity[shingle], shingle))
        # A hair less than the exact product, which rounding may have put above a whole number.
        prefix = rarest[: size - math.ceil(threshold * size - 1e-9) + 1]
        candidates = {other for shingle in prefix for other in having[shingle]}
        if any(_alike(sets, texts[other], threshold) for other in candidates):
            continue
        kept.append(position)
        for shingle in prefix:
            having[shingle].append(position)
    return kept


def _alike(sets: Sequence[Shingles], others: Sequence[Shingles], threshold: float) -> bool:
    return all(a is b or jaccard(a, b) >= threshold for a, b in zip(sets, others, strict=True))


def jaccard(a: Shingles, b: Shingles) -> float:
    """Return how many shingles two texts share, of all that either has."""
    shared = len(a & b)
    return shared / (len(a) + len(b) - shared)
