"""The levels at which trials report, and the brackets that compete from different levels on."""

from __future__ import annotations

import math


def level_sizes(questions: int, min_questions: int, eta: float) -> tuple[int, ...]:
    """Return the levels, ascending: `questions` divided by powers of `eta`, rounded.

    The least is not below `min_questions`; the last is all questions. 125 questions with
    min_questions 12 and eta 3 give 14, 42, 125.

    Raises:
        ValueError: No question, fewer than 2 at least, or an eta below 2.
    """
    if questions < 1:
        raise ValueError(f"there are {questions} questions")
    if min_questions < 2:
        raise ValueError(f"min_questions is at least 2, not {min_questions}")
    if not (math.isfinite(eta) and eta >= 2):
        raise ValueError(f"eta is at least 2, not {eta}")
    sizes = [questions]
    while (size := round(questions / eta ** len(sizes))) >= min_questions:
        sizes.append(size)
    return tuple(reversed(sizes))


def bracket_sizes(levels: int, eta: float) -> tuple[int, ...]:
    """Return how many trials each bracket gets of one round, bracket 0 first.

    Bracket s competes at s levels, so that the last competes at each but that of all questions,
    and bracket 0 nowhere. The sizes give all brackets about the same number of evaluations.

    References:
        Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar: Hyperband. JMLR 18, 2018, algorithm 1.
    """
    return tuple(math.ceil(levels / (s + 1) * eta**s) for s in range(levels))


def interleaved(sizes: tuple[int, ...]) -> tuple[int, ...]:
    """Return one round of brackets, each as often as its size says and evenly spread.

    Each place goes to the bracket that is furthest behind its share; the highest of several.
    Evenly spread, every bracket sees the search at all its stages, and a study that ends early
    has about the right shares.
    """
    total = sum(sizes)
    given = [0] * len(sizes)
    places = []
    for place in range(1, total + 1):
        behind = [place * size - total * had for size, had in zip(sizes, given, strict=True)]
        bracket = max(range(len(sizes)), key=lambda s: (behind[s], s))
        given[bracket] += 1
        places.append(bracket)
    return tuple(places)
