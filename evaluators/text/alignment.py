"""Aligning the tokens of a reference answer with those of a candidate answer."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property, lru_cache

from .lexicon import MEASURE_WORDS, STOP_WORDS
from .quantities import Quantities, contradicts, find_quantities, quantity_agreement
from .similarity import word_similarity
from .tokens import canonical_tokens, stem
from .weights import said, token_weights

__all__ = ["Alignment", "AnswerText", "Reference", "References", "align", "prepare_references"]

MAX_REFERENCES = 100
MAX_ANSWER_TOKENS = 400
MAX_REFERENCE_TOKENS = 60
MATCHED = 0.6  # a word likeness above this counts as the word being there
MEASURE_TOLERANCE = 0.002  # relative
GRAM = 4  # characters
CONTRADICTED = 0.4  # factor on all likeness to a reference whose date or number is contradicted
SAME_MEASURE = 0.95  # likeness of number and unit where the answer has the same in other units

_PARENTHESIS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference answer, tokenised and weighted with respect to its question."""

    tokens: tuple[str, ...]
    weights: tuple[float, ...]
    content: tuple[int, ...]  # positions of the tokens that are no stop words, or else all
    informative: tuple[int, ...]  # those that are neither in the question nor a number's unit
    quantities: Quantities
    joined: str
    grams: frozenset[str]


@dataclass(frozen=True, slots=True)
class References:
    """The reference answers of one question, without duplicates."""

    question: tuple[str, ...]
    asked: frozenset[str]  # the question's tokens and their stems
    question_years: frozenset[int]
    references: tuple[Reference, ...]
    token_weights: dict[str, float]  # of every token of any reference

    def is_asked(self, token: str) -> bool:
        """Whether the token stands in the question, perhaps with another ending."""
        return said(token, self.asked)


def character_grams(joined: str) -> frozenset[str]:
    """The runs of GRAM characters of a text without spaces; a shorter text is one run."""
    return frozenset(joined[i : i + GRAM] for i in range(max(1, len(joined) - GRAM + 1)))


def _readings(golds: Sequence[str]) -> Iterator[str]:
    """Each reference as it stands, and without what it has in brackets ("Swan (bird)")."""
    for gold in golds:
        yield gold
        if "(" in gold or "[" in gold:
            yield _PARENTHESIS.sub("", gold[: 10 * MAX_REFERENCE_TOKENS])


@lru_cache(maxsize=1024)
def prepare_references(question: str, golds: tuple[str, ...]) -> References:
    """Tokenise the question and its reference answers (cached: many answers share them)."""
    question_tokens = canonical_tokens(question)
    asked = frozenset(question_tokens) | frozenset(map(stem, question_tokens))
    seen: set[tuple[str, ...]] = set()
    references: list[Reference] = []
    weights: dict[str, float] = {}
    for gold in _readings(golds):
        tokens = canonical_tokens(gold)[:MAX_REFERENCE_TOKENS]
        if not tokens or tokens in seen:
            continue
        seen.add(tokens)
        content = tuple(i for i, t in enumerate(tokens) if t not in STOP_WORDS)
        content = content or tuple(range(len(tokens)))
        own_weights = token_weights(tokens, question_tokens, asked)
        for token, weight in zip(tokens, own_weights, strict=True):
            weights[token] = max(weight, weights.get(token, 0.0))
        informative = tuple(i for i in content if not said(tokens[i], asked))
        if any(tokens[i][0].isdecimal() for i in informative):
            own_weights = token_weights(tokens, question_tokens, asked)
        for token, weight in zip(tokens, own_weights, strict=True):
            weights[token] = max(weight, weights.get(token, 0.0))
        informative = tuple(i for i in informative if tokens[i] not in MEASURE_WORDS)
        joined = "".join(tokens)
        references.append(
            Reference(
                tokens=tokens,
                weights=own_weights,
                content=content,
                informative=informative,
                quantities=find_quantities(tokens),
                joined=joined,
                grams=character_grams(joined),
            )
        )
        if len(references) == MAX_REFERENCES:
            break
    return References(
        question=question_tokens,
        asked=asked,
        question_years=find_quantities(question_tokens).years,
        references=tuple(references),
        token_weights=weights,
    )


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
    contradicted: bool  # the answer has only other dates or numbers
    characters: float  # share of the reference's character runs found in the answer

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


def _same_measures(reference: Reference, answer: AnswerText) -> bool:
    """Whether all measures and numbers of the reference are in the answer, in any units."""
    if not reference.quantities.measures:
        return False
    return quantity_agreement(reference.quantities, answer.quantities, MEASURE_TOLERANCE) == 1.0


def align(reference: Reference, answer: AnswerText) -> Alignment:
    """Find the tokens of a reference in an answer."""
    matches = tuple(answer.match(token) for token in reference.tokens)
    agrees = _same_measures(reference, answer)
    contradicted = not agrees and contradicts(reference.quantities, answer.quantities)
    if agrees:
        matches = tuple(
            max(match, (SAME_MEASURE, ""))
            if token in MEASURE_WORDS or token[0].isdecimal()
            else match
            for token, match in zip(reference.tokens, matches, strict=True)
        )
    elif contradicted:
        matches = tuple((likeness * CONTRADICTED, found) for likeness, found in matches)
    total = sum(reference.weights)
    weighted = list(zip(reference.weights, matches, strict=True))
    return Alignment(
        reference=reference,
        matches=matches,
        coverage=sum(w * likeness for w, (likeness, _) in weighted) / total,
        exact_coverage=sum(w for w, (likeness, _) in weighted if likeness == 1.0) / total,
        contained=answer.contains(reference.tokens),
        contradicted=contradicted,
        characters=len(reference.grams & answer.grams) / len(reference.grams),
    )
