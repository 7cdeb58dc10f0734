"""How far several answers to one question agree."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from syftr_like.contracts import Answer

_ARTICLES = frozenset({"a", "an", "the"})


def words_of(answer: Answer) -> tuple[str, ...]:
    """Return the words by which answers are compared: lower case, without articles and signs.

    As SQuAD compares answers (Rajpurkar et al. 2016). An answer of nothing but such words, or of
    signs, is compared as it is; an abstention has no words.
    """
    if answer.abstained:
        return ()
    words = re.findall(r"\w+", answer.text.casefold().replace("'", "").replace("\u2019", ""))
    content = tuple(word for word in words if word not in _ARTICLES)
    return content or tuple(words) or (answer.text.strip(),)


def majority(answers: Sequence[Answer]) -> tuple[Answer, float]:
    """Return the answer that most agree on, as the first of them put it, and their share.

    Answers agree whose words are the same; abstentions agree with each other. Of as frequent ones
    the first wins.

    Args:
        answers: At least one.
    """
    votes = Counter(words_of(answer) for answer in answers)
    words, most = votes.most_common(1)[0]  # of equal counts the first met
    return next(a for a in answers if words_of(a) == words), most / len(answers)


def distinct(answers: Sequence[Answer]) -> list[tuple[Answer, float]]:
    """Return the answers that differ, as the first of each put it, with the share of each."""
    votes = Counter(words_of(answer) for answer in answers)
    firsts: dict[tuple[str, ...], Answer] = {}
    for answer in answers:
        firsts.setdefault(words_of(answer), answer)
    return [(answer, votes[words] / len(answers)) for words, answer in firsts.items()]


def likeness(one: Answer, other: Answer) -> float:
    """Return the F1 of the words of two answers, from 0 to 1; abstentions are alike."""
    if one.abstained or other.abstained:
        return float(one.abstained and other.abstained)
    mine, theirs = Counter(words_of(one)), Counter(words_of(other))
    return 2 * (mine & theirs).total() / (mine.total() + theirs.total())
