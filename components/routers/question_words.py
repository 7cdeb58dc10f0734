"""The words of a question that routers look at."""

from __future__ import annotations

from typing import Literal, TypeAlias, get_args

from ..words import WordAnalyser

QuestionWord: TypeAlias = Literal["who", "what", "which", "when", "where", "why", "how", "none"]
"""What a question begins with, as far as it has one of these words."""

QUESTION_WORDS: tuple[str, ...] = get_args(QuestionWord)
_SAME = {"whom": "who", "whose": "who"}
_ANALYSER = WordAnalyser(stemming=False, stopwords=False)


def words_of(text: str) -> list[str]:
    """Return all words of a text in lower case, in order."""
    return _ANALYSER.words(text)


def question_word(text: str) -> str:
    """Return the first question word of a text, `none` where there is none."""
    words = (_SAME.get(word, word) for word in words_of(text))
    return next((word for word in words if word in QUESTION_WORDS[:-1]), "none")
