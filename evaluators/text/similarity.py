"""How alike two words are in spelling, for misspellings, transliterations and word families."""

from __future__ import annotations

from functools import lru_cache

from .lexicon import CONFUSABLE, RELATED
from .tokens import is_number, stem

__all__ = ["word_similarity"]

_SOUNDS = (
    ("tch", "c"), ("ch", "c"), ("ph", "f"), ("ck", "k"), ("cz", "c"), ("x", "ks"), ("q", "k"),
    ("z", "s"), ("w", "v"),
)  # fmt: skip
_SAME_BEGINNINGS = ("ckq", "sz", "ijy", "vw")
_OPPOSING_PREFIXES = frozenset({"un", "in", "im", "il", "ir", "non", "dis", "anti", "counter"})
SAME_STEM, RELATED_WORD, NEAR_SPELLING, ONE_IN_OTHER, SAME_BEGINNING = 0.95, 0.9, 0.85, 0.75, 0.7


@lru_cache(maxsize=65536)
def word_similarity(gold: str, other: str) -> float:
    """The likeness in [0, 1] of a gold token and a token of the answer; 0.0 below a use.

    Graded by kind, not by distance: the same word, stem, related word, near spelling (one edit in
    five letters or two in eight), one word in the other, a long common beginning. Numbers are the
    same or different, except that a footnote mark may have stuck to a year ("19301").
    """
    if gold == other:
        return 1.0
    if gold[0].isdecimal() or other[0].isdecimal():
        footnote = len(gold) == 4 and is_number(gold) and 4 < len(other) <= 6
        return NEAR_SPELLING if footnote and other.startswith(gold) else 0.0
    if other in RELATED.get(gold, ()):
        return RELATED_WORD
    if other in CONFUSABLE.get(gold, ()):
        return 0.0
    shorter, longer = sorted((gold, other), key=len)
    if len(shorter) < 3:
        return 0.0
    if stem(gold) == stem(other):
        return SAME_STEM
    if len(shorter) < 4:
        return 0.0
    if _begin_alike(gold, other) and len(longer) - len(shorter) <= 2 and len(longer) >= 5:
        allowed = 1 if len(longer) < 8 else 2
        if _within_edits(shorter, longer, allowed):
            return NEAR_SPELLING
    if shorter[0] == longer[0] and sound(shorter) == sound(longer) and len(sound(shorter)) >= 3:
        return NEAR_SPELLING
    if len(shorter) >= 5 and shorter in longer:
        return 0.0 if longer.removesuffix(shorter) in _OPPOSING_PREFIXES else ONE_IN_OTHER
    common = _common_beginning(shorter, longer)
    if (common >= 5 and common >= 0.6 * len(shorter)) or common == 4 == len(shorter):
        return SAME_BEGINNING
    return 0.0


@lru_cache(maxsize=16384)
def sound(word: str) -> str:
    """The consonants as they sound, doubles once: "jinx" and "jinks" are both "jnks"."""
    for letters, letter in _SOUNDS:
        word = word.replace(letters, letter)
    consonants = [c for c in word if c not in "aeiouyh"]
    return "".join(c for i, c in enumerate(consonants) if i == 0 or c != consonants[i - 1])


def _begin_alike(first: str, second: str) -> bool:
    """Whether the first letters may be spellings of one sound; misspellings keep it.

    Opposites and directions often differ just there: "internal", "external"; "northern".
    """
    a, b = first[0], second[0]
    return a == b or any(a in group and b in group for group in _SAME_BEGINNINGS)


def _common_beginning(first: str, second: str) -> int:
    for i, (a, b) in enumerate(zip(first, second, strict=False)):
        if a != b:
            return i
    return min(len(first), len(second))


def _within_edits(first: str, second: str, allowed: int) -> bool:
    """Whether the Levenshtein distance is at most ``allowed``; stops as soon as it cannot be."""
    start = _common_beginning(first, second)
    first, second = first[start:], second[start:]
    while first and second and first[-1] == second[-1]:
        first, second = first[:-1], second[:-1]
    if not first or not second:
        return len(first) + len(second) <= allowed
    if max(len(first), len(second)) > 2 * allowed + 2:
        return False  # few edits cannot explain so long a stretch between common ends
    row = list(range(len(second) + 1))
    for i, a in enumerate(first, start=1):
        next_row = [i]
        for j, b in enumerate(second, start=1):
            next_row.append(min(row[j] + 1, next_row[-1] + 1, row[j - 1] + (a != b)))
        if min(next_row) > allowed:
            return False
        row = next_row
    return row[-1] <= allowed
