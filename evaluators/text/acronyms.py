"""Acronyms: whether one text spells out the other's initials."""

from __future__ import annotations

from collections.abc import Collection, Sequence

__all__ = ["matches_acronym"]

_SKIPPED = frozenset("of and for in to de la".split())


def matches_acronym(gold: Sequence[str], answer: Sequence[str], words: Collection[str]) -> bool:
    """Whether the gold is an acronym of words in a row of the answer, or the reverse.

    ``words`` are the answer's distinct tokens. Little words may take part or be left out:
    "Bachelor of Arts" is "BA", "Department of Defense" "DoD".
    """
    if len(gold) == 1:
        acronym = gold[0]
        if not (acronym.isalpha() and 3 <= len(acronym) <= 6):
            return False
        initials = "".join(token[0] for token in answer)
        without = "".join(token[0] for token in answer if token not in _SKIPPED)
        return acronym in initials or acronym in without
    everything = "".join(token[0] for token in gold)
    without = "".join(token[0] for token in gold if token not in _SKIPPED)
    return any(len(initials) > 1 and initials in words for initials in (everything, without))
