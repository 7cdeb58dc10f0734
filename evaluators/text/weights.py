"""How much each token of a reference answer tells, given what was asked."""

from __future__ import annotations

from collections.abc import Sequence

from .lexicon import GENERIC_WORDS, MEASURE_WORDS, MONTHS, STOP_WORDS, words
from .tokens import stem

__all__ = ["person_name", "said", "token_weights"]

STOP_WEIGHT, MEASURE_WEIGHT, GENERIC_WEIGHT, WORD_WEIGHT, NUMBER_WEIGHT = 0.1, 0.15, 0.4, 1.0, 1.5
ASKED_FACTOR = 0.25  # what stands in the question already says little in the answer
# Factors on the words of a person's name: the first, those between, the last.
FIRST_NAME, MIDDLE_NAME, LAST_NAME = 0.5, 0.5, 1.5

_PERSON_WORDS = frozenset({"who", "whom", "whose"})
_OPEN_WORDS = frozenset({"which", "what"})
_AGENT_ENDINGS = ("er", "or", "ist", "ian", "ant", "eer", "man", "woman", "ess")
_NO_AGENTS = frozenset(
    words(
        "river number paper letter order water corner computer chapter border tower server color "
        "flavor factor motor sector restaurant plant other former under over after her per for "
        "summer winter october november december september order power center quarter matter paper "
        "process address business illness german human roman order layer cover"
    )
)


def said(token: str, words: frozenset[str]) -> bool:
    """Whether the token or its stem is among ``words``, which hold tokens and their stems."""
    return token in words or stem(token) in words


def token_weights(
    tokens: Sequence[str], question: Sequence[str], asked: frozenset[str]
) -> tuple[float, ...]:
    """The weight of each token of a reference.

    Stop words, units and kinds of things ("river") count little, numbers and months most, and what
    the question says already a quarter. In what may be a person's name the last word counts most.
    """
    weights = [_weight(token, asked) for token in tokens]
    names = person_name(tokens, question)
    for i in names[1:-1]:
        weights[i] *= MIDDLE_NAME
    if names:
        weights[names[0]] *= FIRST_NAME
        weights[names[-1]] *= LAST_NAME
    return tuple(weights)


def person_name(tokens: Sequence[str], question: Sequence[str]) -> tuple[int, ...]:
    """The positions of the first to the last name in a reference that may name a person.

    It may if a person is asked for and it has two to four words, besides titles, and no stop word,
    number or month; empty otherwise.
    """
    names = tuple(i for i, token in enumerate(tokens) if token not in GENERIC_WORDS)
    if not 2 <= len(names) <= 4 or not all(tokens[i].isalpha() for i in names):
        return ()
    plain = STOP_WORDS.isdisjoint(tokens) and MONTHS.keys().isdisjoint(tokens)
    return names if plain and _asks_for_person(question) else ()


def _asks_for_person(question: Sequence[str]) -> bool:
    """Whether a person is asked for: "who ...", "which English chemist ..."."""
    if not _PERSON_WORDS.isdisjoint(question):
        return True
    for i, token in enumerate(question):
        if token in _OPEN_WORDS:
            following = question[i + 1 : i + 4]
            return any(t.endswith(_AGENT_ENDINGS) and t not in _NO_AGENTS for t in following)
    return False


def _weight(token: str, asked: frozenset[str]) -> float:
    if token in STOP_WORDS:
        weight = STOP_WEIGHT
    elif token in MEASURE_WORDS:
        weight = MEASURE_WEIGHT
    elif token in GENERIC_WORDS:
        weight = GENERIC_WEIGHT
    else:
        weight = NUMBER_WEIGHT if token[0].isdecimal() or token in MONTHS else WORD_WEIGHT
    return weight * ASKED_FACTOR if said(token, asked) else weight
