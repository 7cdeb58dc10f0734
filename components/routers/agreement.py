"""How far two answers say the same."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

from syftr_like.contracts import Answer

from ..words import WordAnalyser

# Stop words stay: `A` may be the answer to a choice, and `not` changes one.
_ANALYSER = WordAnalyser(stemming=False, stopwords=False)


def overlap(one: Answer, other: Answer) -> float:
    """Return the F1 of two answers' words, in [0, 1]; 1 where they are the same.

    An abstention has no words: it agrees with nothing, not even with another one. Answers without
    a word, such as `?`, agree where they are equal.
    """
    if one.abstained or other.abstained:
        return 0.0
    words, others = Counter(_ANALYSER.words(one.text)), Counter(_ANALYSER.words(other.text))
    if not words and not others:
        return float(one.text.strip() == other.text.strip())
    return 2 * (words & others).total() / (words.total() + others.total())


def best_overlap(answer: Answer, earlier: Sequence[Answer | None]) -> float | None:
    """Return the overlap with that earlier answer which is most alike; None where there is none.

    Abstentions are no answers here, neither it nor those before it.

    Args:
        answer: The answer.
        earlier: Those before it; None where a branch failed.
    """
    if answer.abstained:
        return None
    others = (other for other in earlier if other is not None and not other.abstained)
    return max((overlap(answer, other) for other in others), default=None)
