"""The reference answers of a question, tokenised and weighted for comparison with answers."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

from .lexicon import GENERIC_WORDS, MEASURE_WORDS, STOP_WORDS
from .quantities import Quantities, find_quantities
from .tokens import canonical_tokens, stem
from .weights import person_name, said, token_weights

__all__ = ["Reference", "References", "prepare_references"]

MAX_REFERENCES = 100
MAX_REFERENCE_TOKENS = 60

_PARENTHESIS = re.compile(r"\s*[(\[][^()\[\]]*[)\]]")


@dataclass(frozen=True, slots=True)
class Reference:
    """One reference answer, tokenised and weighted with respect to its question."""

    tokens: tuple[str, ...]
    weights: tuple[float, ...]
    content: tuple[int, ...]  # positions of the tokens that are no stop words, or else all
    informative: tuple[int, ...]  # those that are not asked, a number's unit or a kind of thing
    names: tuple[int, ...]  # first to last name, where it may name a person
    quantities: Quantities
    joined: str

    def weighted(self, values: Sequence[float]) -> float:
        """The weighted mean of one value per token."""
        products = (w * value for w, value in zip(self.weights, values, strict=True))
        return sum(products) / sum(self.weights)


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
            informative = tuple(i for i in informative if tokens[i] not in MEASURE_WORDS)
        telling = tuple(i for i in informative if tokens[i] not in GENERIC_WORDS)
        informative = telling or informative
        references.append(
            Reference(
                tokens=tokens,
                weights=own_weights,
                content=content,
                informative=informative,
                names=person_name(tokens, question_tokens),
                quantities=find_quantities(tokens),
                joined="".join(tokens),
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
