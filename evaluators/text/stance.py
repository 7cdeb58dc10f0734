"""What an answer does besides naming something: it abstains, hedges, denies."""

from __future__ import annotations

import re
from collections.abc import Sequence

from .lexicon import words

__all__ = ["abstains", "denies", "hedges", "only_negated", "polarity", "strip_lead_in"]

# Matched against canonical tokens joined by spaces, so without case, punctuation and articles.
_ABSTENTION = re.compile(
    r"\b(?:sorry|"
    r"(?:dont|do not|didnt|did not|doesnt|does not|wont|havent|have not|has not|hasnt) "
    r"(?:know|have (?:access|information|enough|any|real|current|specific|sufficient)|"
    r"find|mention|say|state|specify|provide|contain|include|give|answer)|"
    r"(?:could|can|would) ?not (?:find|answer|determine|provide|be determined|be answered|say)|"
    r"(?:cant|couldnt) (?:find|answer|determine|provide|say|be determined|be answered)|"
    r"unable to|not able to|no (?:information|answer|definitive answer|mention|idea|data)|"
    r"not (?:mentioned|specified|provided|sure|known|stated|given|available|clear|enough|"
    r"answerable|found|in (?:context|text|passage))|"
    r"unknown|unanswerable|unclear|insufficient|it depends|"
    r"please (?:provide|specify|clarify)|"
    r"(?:need|provide) more (?:context|information|details)|nobody knows|na$)\b"
)
_HEDGE = re.compile(
    r"\b(?:might|may be|could be|possibly|perhaps|probably|likely|believed|approximately|about|"
    r"around|depending|depends|various|several|varies|vary|unclear|typically|usually|"
    r"generally|often|estimated|not sure|either)\b"
)
_NEGATIONS = frozenset(
    words(
        "not no never none neither nor without cannot cant isnt wasnt arent werent doesnt didnt "
        "dont hasnt havent wont wouldnt couldnt"
    )
)
# A denial that bears on the words right after it.
_DENIALS = frozenset(words("not isnt wasnt arent werent never neither nor"))
_PHRASE_DENIALS = frozenset({("rather", "than"), ("instead", "of"), ("as", "opposed")})
_TRANSPARENT = frozenset(words("in at on by of from to it was is be been with for"))
_YES = frozenset({"yes", "true", "correct"})
_NO = frozenset({"no", "false", "incorrect"})
_LEAD_IN = re.compile(
    r"^\W*(?:(?:the|my|final|short|correct|right|best) )*answer(?: to (?:the|this|your) question)?"
    r"\s*(?:is|was|would be|:)\s*[:\W]*"
    r"|^\W*(?:it|that|this|they|he|she)(?: is| was| are| were|['\u2019]s|['\u2019]re)\s+",
    re.IGNORECASE,
)


def abstains(tokens: Sequence[str]) -> bool:
    """Whether the answer says that it cannot answer, perhaps before it answers nevertheless."""
    return _ABSTENTION.search(" ".join(tokens)) is not None


def hedges(tokens: Sequence[str]) -> bool:
    """Whether the answer is given with reserve, approximately or as one of several."""
    return _HEDGE.search(" ".join(tokens)) is not None


def denies(tokens: Sequence[str]) -> bool:
    """Whether a negation stands anywhere in the tokens."""
    return not _NEGATIONS.isdisjoint(tokens)


def only_negated(tokens: Sequence[str], phrase: Sequence[str]) -> bool:
    """Whether ``phrase`` stands in ``tokens`` and each time right after a denial.

    "It was not in Paris", "London rather than Paris"; but not "not only in Paris", and not "not
    before 1990", which does name the year.
    """
    mentions = 0
    size = len(phrase)
    for start in range(len(tokens) - size + 1):
        if tuple(tokens[start : start + size]) != tuple(phrase):
            continue
        mentions += 1
        before = start - 1
        while before >= 0 and tokens[before] in _TRANSPARENT and start - before <= 3:
            if tuple(tokens[before - 1 : before + 1]) in _PHRASE_DENIALS:
                break
            before -= 1
        if before < 0:
            return False
        denied = tokens[before] in _DENIALS
        if not denied and tuple(tokens[max(before - 1, 0) : before + 1]) not in _PHRASE_DENIALS:
            return False
    return mentions > 0


def polarity(tokens: Sequence[str]) -> int:
    """1 if the text opens with a yes, -1 if with a no, 0 otherwise."""
    opening = tokens[0] if tokens else ""
    return int(opening in _YES) - int(opening in _NO)


def strip_lead_in(answer: str) -> str:
    """The answer without a leading "The answer is", "It was" and the like."""
    return _LEAD_IN.sub("", answer, count=1)
