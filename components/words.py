"""The one word analyser of the catalogue: what counts as the same word in lexical matching."""

from __future__ import annotations

import dataclasses
import re
import threading
from dataclasses import dataclass
from functools import cache
from typing import Literal, TypeAlias

import Stemmer
from bm25s import stopwords as stopword_lists

from syftr_like.contracts import Json
from syftr_like.contracts.tokens import EAST_ASIAN

Language: TypeAlias = Literal[
    "english",
    "german",
    "french",
    "spanish",
    "italian",
    "portuguese",
    "dutch",
    "swedish",
    "norwegian",
    "danish",
    "russian",
    "turkish",
]
"""Languages with both a Snowball stemmer and a list of stop words."""

# A word is a run of letters and digits; East Asian characters are words of their own.
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_WORD = re.compile(rf"[{EAST_ASIAN}]|[^\W_{EAST_ASIAN}]+")
_local = threading.local()


@dataclass(frozen=True, slots=True)
class WordAnalyser:
    """Turns text into the words that are matched: lower case, stop words left out, stemmed.

    Attributes:
        language: Language of the stemmer and the stop words.
        stemming: Whether words are reduced to their Snowball stem (Porter 2001).
        stopwords: Whether stop words are left out.
    """

    language: Language = "english"
    stemming: bool = True
    stopwords: bool = True

    def words(self, text: str) -> list[str]:
        """Return the words of `text` in order."""
        lowered = text.lower()
        found: list[str] = (_ASCII_WORD if lowered.isascii() else _WORD).findall(lowered)
        if self.stopwords:
            left_out = _stopwords(self.language)
            found = [word for word in found if word not in left_out]
        if self.stemming:
            found = _stemmer(self.language).stemWords(found)
        return found

    def describe(self) -> dict[str, Json]:
        """Return the fields as JSON, for the content address of what is made with it."""
        return dataclasses.asdict(self)


@cache
def _stopwords(language: Language) -> frozenset[str]:
    suffix = "EN" if language == "english" else language.upper()
    return frozenset(getattr(stopword_lists, f"STOPWORDS_{suffix}"))


def _stemmer(language: Language) -> Stemmer.Stemmer:
    # A Snowball stemmer must not be used by two threads at a time.
    stemmers: dict[str, Stemmer.Stemmer] = _local.__dict__
    if language not in stemmers:
        stemmers[language] = Stemmer.Stemmer(language)
    return stemmers[language]
