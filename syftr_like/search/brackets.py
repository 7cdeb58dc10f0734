"""The levels at which trials report, and the brackets that compete from different levels on."""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterator, Sequence


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
    and bracket 0 nowhere. Each gets `eta ** 2.5` times the trials of the one below, which is about
    `eta ** 1.5` times its evaluations. The original gives all brackets the same number of
    evaluations, as an insurance against first levels that say nothing. Here the same questions
    compare all trials, so that they do say something, and most of that insurance is wasted:
    benchmarks/hyperband and benchmarks/quickstart have the figures.

    References:
        Li, Jamieson, DeSalvo, Rostamizadeh, Talwalkar: Hyperband. JMLR 18, 2018, algorithm 1.
        Li et al.: A system for massively parallel hyperparameter tuning. MLSys 2020, who find
        the most aggressive bracket alone to be the best as a rule.
    """
    return tuple(math.ceil(eta ** (2.5 * s)) for s in range(levels))


def interleaved(sizes: Sequence[int]) -> Iterator[int]:
    """Yield the bracket of each arrival in turn, for ever, evenly spread by their sizes.

    Each place goes to the bracket that is furthest behind its share; the highest of several.
    Evenly spread, every bracket sees the search at all its stages, and a study that ends early
    has about the right shares.
    """
    total = sum(sizes)
    given = [0] * len(sizes)
    for place in itertools.count(1):
        behind = [place * size - total * had for size, had in zip(sizes, given, strict=True)]
        bracket = max(range(len(sizes)), key=lambda s: (behind[s], s))
        given[bracket] += 1
        yield bracket
