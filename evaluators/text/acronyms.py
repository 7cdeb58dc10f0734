"""Acronyms: whether one text spells out the other's initials."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from .lexicon import STOP_WORDS, words

__all__ = ["matches_acronym"]

SHORTEST, LONGEST = 3, 6  # letters
TERSE = 3  # tokens

_SKIPPED = frozenset(words("of and for in to de la"))


def matches_acronym(
    gold: Sequence[str], answer: Sequence[str], vocabulary: Collection[str]
) -> bool:
    """Whether the gold is an acronym of words in a row of the answer, or the reverse.

    ``vocabulary`` are the answer's distinct tokens. Little words may take part or be left out:
    "Department of Defense" is "DoD" and "DD". Two letters count in a terse answer only, where
    they are hardly chance.
    """
    if len(gold) == 1:
        acronym = gold[0]
        if not (acronym.isalpha() and SHORTEST <= len(acronym) <= LONGEST):
            return False
        initials = "".join(token[0] for token in answer)
        without = "".join(token[0] for token in answer if token not in _SKIPPED)
        return acronym in initials or acronym in without
    shortest = 2 if len(answer) <= TERSE else SHORTEST
    everything = "".join(token[0] for token in gold)
    without = "".join(token[0] for token in gold if token not in _SKIPPED)
    return any(
        len(initials) >= shortest and initials in vocabulary and initials not in STOP_WORDS
        for initials in (everything, without)
    )
