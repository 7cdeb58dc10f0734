"""Aligning the tokens of a reference answer with those of a candidate answer."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from .acronyms import matches_acronym
from .lexicon import MEASURE_WORDS, OPPOSITES, STOP_WORDS
from .quantities import Quantities, contradicts, find_quantities, quantity_agreement
from .references import Reference
from .similarity import word_similarity
from .tokens import canonical_tokens

__all__ = ["Alignment", "AnswerText", "align"]

MAX_ANSWER_TOKENS = 400
MATCHED = 0.6  # a word likeness above this counts as the word being there
MEASURE_TOLERANCE = 0.002  # relative
GRAM = 4  # characters
SHORTEST_RUN_TOGETHER = 5  # characters; a shorter word may be a part of any other
ACRONYM = 0.8  # likeness of the words of a name whose acronym the answer has, or the reverse
# Factor on all likeness to a reference whose date, number, surname or direction is contradicted.
CONTRADICTED = 0.4
SAME_MEASURE = 0.95  # likeness of number and unit where the answer has the same in other units


@lru_cache(maxsize=16384)
def character_grams(joined: str) -> frozenset[str]:
    """The runs of GRAM characters of a text without spaces; none of a shorter text."""
    return frozenset(joined[i : i + GRAM] for i in range(len(joined) - GRAM + 1))


class AnswerText:
    """A candidate answer with what is needed to find reference tokens in it."""

    def __init__(self, answer: str) -> None:
        self.tokens = canonical_tokens(answer)[:MAX_ANSWER_TOKENS]
        self.positions: dict[str, list[int]] = {}
        for position, token in enumerate(self.tokens):
            self.positions.setdefault(token, []).append(position)
        self.joined = "".join(self.tokens)
        self.spaced = f" {' '.join(self.tokens)} "
        self._matches: dict[str, tuple[float, str]] = {}

    @cached_property
    def grams(self) -> frozenset[str]:
        """All runs of GRAM characters of the answer without spaces."""
        return character_grams(self.joined)

    @cached_property
    def quantities(self) -> Quantities:
        """The numbers, dates and measures of the answer."""
        return find_quantities(self.tokens)

    def match(self, token: str) -> tuple[float, str]:
        """The likeness of the answer's most similar token, and that token ("" if there is none).

        A stop word must be there as it is.
        """
        known = self._matches.get(token)
        if known is not None:
            return known
        best = (0.0, "")
        if token in self.positions:
            best = (1.0, token)
        elif token not in STOP_WORDS:
            for other in self.positions:
                likeness = word_similarity(token, other)
                if likeness > best[0]:
                    best = (likeness, other)
        self._matches[token] = best
        return best

    def share_of_grams(self, token: str) -> float:
        """The share of a word's character runs that the answer has, across its words too.

        0.0 for a number: "1500000" and "15000000" have the same runs.
        """
        grams = character_grams(token) if token.isalpha() else frozenset()
        return len(grams & self.grams) / len(grams) if grams else 0.0

    def contains(self, tokens: Sequence[str]) -> bool:
        """Whether the tokens stand in the answer one after the other."""
        return f" {' '.join(tokens)} " in self.spaced


@dataclass(frozen=True, slots=True)
class Alignment:
    """How much of one reference is found in the answer; all shares lie in [0, 1]."""

    reference: Reference
    matches: tuple[tuple[float, str], ...]  # per reference token: likeness, answer's token or ""
    coverage: float  # weighted share of the reference's tokens, by likeness
    exact_coverage: float  # the same, identical tokens only
    contained: bool  # the whole reference stands in the answer
    run_together: bool  # the same, without regard to the spaces between words
    contradicted: bool  # the answer has only other dates or numbers
    characters: float  # coverage in which a word counts also by its character runs

    @property
    def rank(self) -> tuple[bool, float, float, float, int]:
        """The sort key by which one reference fits an answer better than another."""
        return (
            self.contained,
            self.coverage,
            self.exact_coverage,
            self.characters,
            -len(self.reference.tokens),
        )


def _names_another(
    reference: Reference, matches: Sequence[tuple[float, str]], answer: AnswerText
) -> bool:
    """Whether the answer has the person's first name, but with another last name.

    "Charles Darwin" is not "Charles Dickens"; "Charles" alone may be.
    """
    if not reference.names:
        return False
    first, last = reference.names[0], reference.names[-1]
    if matches[first][0] < 1.0 or matches[last][0] > 0.0:
        return False
    found = {token for _, token in matches}
    following = [
        answer.tokens[place + 1]
        for place in answer.positions.get(matches[first][1], ())
        if place + 1 < len(answer.tokens)
    ]
    return bool(following) and all(t not in found and t not in STOP_WORDS for t in following)


def _says_opposite(reference: Reference, answer: AnswerText) -> bool:
    """Whether the answer has, in the place of a word of the reference, only its opposite."""
    return any(
        token not in answer.positions and not OPPOSITES[token].isdisjoint(answer.positions)
        for token in reference.tokens
        if token in OPPOSITES
    )


def _same_measures(reference: Reference, answer: AnswerText) -> bool:
    """Whether all measures and numbers of the reference are in the answer, in any units."""
    if not reference.quantities.measures:
        return False
    return quantity_agreement(reference.quantities, answer.quantities, MEASURE_TOLERANCE) == 1.0


def align(reference: Reference, answer: AnswerText) -> Alignment:
    """Find the tokens of a reference in an answer."""
    matches = tuple(answer.match(token) for token in reference.tokens)
    shares = [
        answer.share_of_grams(token) if match[0] < 1.0 else 1.0
        for token, match in zip(reference.tokens, matches, strict=True)
    ]
    agrees = _same_measures(reference, answer)
    contradicted = not agrees and contradicts(reference.quantities, answer.quantities)
    excluded = (
        contradicted
        or _names_another(reference, matches, answer)
        or _says_opposite(reference, answer)
    )
    if agrees:
        matches = tuple(
            max(match, (SAME_MEASURE, ""))
            if token in MEASURE_WORDS or token[0].isdecimal()
            else match
            for token, match in zip(reference.tokens, matches, strict=True)
        )
    elif matches_acronym(reference.tokens, answer.tokens, answer.positions):
        matches = tuple(max(match, (ACRONYM, "")) for match in matches)
    elif excluded:
        matches = tuple((likeness * CONTRADICTED, found) for likeness, found in matches)
        shares = [share * CONTRADICTED for share in shares]
    likeness = [value for value, _ in matches]
    return Alignment(
        reference=reference,
        matches=matches,
        coverage=reference.weighted(likeness),
        exact_coverage=reference.weighted([float(value == 1.0) for value in likeness]),
        contained=answer.contains(reference.tokens),
        run_together=not excluded
        and len(reference.joined) >= SHORTEST_RUN_TOGETHER
        and reference.joined.isalpha()
        and reference.joined in answer.joined,
        contradicted=contradicted,
        characters=reference.weighted(list(map(max, likeness, shares))),
    )
