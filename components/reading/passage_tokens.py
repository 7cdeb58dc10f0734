"""What is known of a passage before a question is asked: tokens, their stems and their roles."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from threading import local

import numpy as np
import Stemmer
from numpy.typing import NDArray

from .lexicon import IRREGULAR, RELATED, WORD_CLASSES, WordClass
from .names import GIVEN_NAMES, NATIONALITIES, ORGANISATION_WORDS, PLACE_WORDS, PLACES
from .sentences import split_sentences

__all__ = ["PassageTokens", "analyse_passage", "read_word", "tokenize"]

MAX_PASSAGE_CHARACTERS = 40_000  # longer passages are read up to here, which bounds time and memory
CACHED_PASSAGES = 4096

_TOKEN = re.compile(
    r"""\d+(?:[.,:]\d+)*(?:st|nd|rd|th|s)?\b          # 1,000  3.5  10th  1990s  12:30
      | (?:[^\W\d_]\.){2,}                            # U.S.  e.g.
      | [^\W_]+(?:[-/&][^\W_]+)*(?:n['\u2019]t)?      # words, DS-40, well-known
      | ['\u2019]s\b | \u00b0[CF]\b
      | \S""",
    re.VERBOSE,
)
_CODE = re.compile(r"(?=.*\d)(?=.*[^\W\d_])[\w/&-]+\Z")
_ORDINAL = re.compile(r"\d+(?:st|nd|rd|th)\Z")
_YEAR = re.compile(r"(?:1\d|20)\d\ds?\Z")
_PUNCTUATION = {
    ".": WordClass.STOP, "!": WordClass.STOP, "?": WordClass.STOP, "\u2026": WordClass.STOP,
    ";": WordClass.STOP, ",": WordClass.COMMA, ":": WordClass.COLON, "(": WordClass.OPEN,
    "[": WordClass.OPEN, "{": WordClass.OPEN, ")": WordClass.CLOSE, "]": WordClass.CLOSE,
    "}": WordClass.CLOSE, '"': WordClass.QUOTE, "\u201c": WordClass.QUOTE,
    "\u201d": WordClass.QUOTE, "\u2018": WordClass.QUOTE, "\u00ab": WordClass.QUOTE,
    "\u00bb": WordClass.QUOTE, "-": WordClass.DASH, "\u2013": WordClass.DASH,
    "\u2014": WordClass.DASH, "%": WordClass.PERCENT, "\u00b0": WordClass.UNIT,
    "$": WordClass.CURRENCY, "\u20ac": WordClass.CURRENCY, "\u00a3": WordClass.CURRENCY,
    "\u00a5": WordClass.CURRENCY,
}  # fmt: skip
_ENDINGS = (
    ("ing", WordClass.ING),
    ("ed", WordClass.ED),
    ("ly", WordClass.ADVERB),
    *(
        (ending, WordClass.NOMINAL)
        for ending in (
            "tion", "sion", "ment", "ness", "ity", "ance", "ence", "ism", "ship", "ure", "acy",
            "logy", "phy",
        )
    ),
    *((ending, WordClass.AGENT) for ending in ("ist", "ian", "or", "er", "ants", "ers", "ists")),
    *(
        (ending, WordClass.ADJECTIVE)
        for ending in ("al", "ous", "ive", "ic", "ful", "able", "ible", "ary", "less", "ish")
    ),
)  # fmt: skip
_NAMES = (
    (PLACES, WordClass.PLACE_NAME),
    (NATIONALITIES, WordClass.NATIONALITY),
    (GIVEN_NAMES, WordClass.GIVEN_NAME),
    (ORGANISATION_WORDS, WordClass.ORGANISATION_WORD),
    (PLACE_WORDS, WordClass.PLACE_WORD),
)
# Roles that a word keeps in capital letters; 'AS' or 'IT' is an acronym, in all likelihood.
_UPPER = (WordClass.UNIT, WordClass.MONTH, WordClass.WEEKDAY, WordClass.TITLE, WordClass.NOT)
# Stemmed once more, because versions of the stemmer differ in what they leave of a word.
_RELATED = {Stemmer.Stemmer("english").stemWord(stem): key for stem, key in RELATED.items()}
_stemmers = local()  # a Snowball stemmer keeps a buffer of its own: one for each thread


@dataclass(frozen=True, slots=True)
class Word:
    """What a token is, wherever it stands."""

    stem: str
    related: str  # key of a weak match: a group of related words, or the stem's first letters
    word_class: int


@dataclass(frozen=True, slots=True)
class PassageTokens:
    """A passage's tokens; arrays have one entry for each of the n tokens."""

    text: str
    starts: NDArray[np.int32]
    ends: NDArray[np.int32]
    stems: tuple[str, ...]
    stem_positions: Mapping[str, list[int]]
    related_positions: Mapping[str, list[int]]  # by key of weak matches
    classes: NDArray[np.int8]
    sentences: NDArray[np.int32]  # (sentences, 2): first token, one past the last
    sentence_of: NDArray[np.int32]  # the sentence of each token
    depth: NDArray[np.int8]  # depth of brackets before the token


def tokenize(text: str) -> list[tuple[int, int]]:
    """Character offsets of the words, numbers and punctuation marks of `text`, in order."""
    return [match.span() for match in _TOKEN.finditer(text)]


@lru_cache(maxsize=65_536)
def read_word(surface: str) -> Word:
    """Stem and role of one token."""
    lower = surface.lower()
    stemmer = getattr(_stemmers, "english", None)
    if stemmer is None:
        stemmer = _stemmers.english = Stemmer.Stemmer("english")
    stem = stemmer.stemWord(IRREGULAR.get(lower, lower))
    related = _RELATED.get(stem) or (stem[:5] if len(stem) >= 5 else "")
    return Word(stem, related, int(_word_class(surface, lower)))


def _word_class(surface: str, lower: str) -> WordClass:
    first = surface[0]
    if not first.isalnum():
        return _PUNCTUATION.get(surface) or WORD_CLASSES.get(lower, WordClass.SYMBOL)
    if first.isdigit():
        if _YEAR.match(surface):
            return WordClass.YEAR
        if _ORDINAL.match(surface):
            return WordClass.ORDINAL
        return WordClass.CODE if _CODE.match(surface) else WordClass.DIGITS
    if _CODE.match(surface):
        return WordClass.CODE
    known = WORD_CLASSES.get(lower)
    if known is WordClass.UNIT and first.isupper() and len(surface) > 3:
        known = None
    if lower == "may" and first.isupper():
        return WordClass.MONTH
    if lower == "march" and not first.isupper():
        return WordClass.LOWER
    if known is not None and not (surface.isupper() and len(surface) > 1 and known not in _UPPER):
        return known
    if first.isupper():
        for names, word_class in _NAMES:
            if lower in names:
                return word_class
        return WordClass.ACRONYM if len(surface) > 1 and surface.isupper() else WordClass.CAPITAL
    if len(lower) > 4:
        for ending, word_class in _ENDINGS:
            if lower.endswith(ending):
                return word_class
    if len(lower) > 3 and lower.endswith("s") and not lower.endswith(("ss", "us", "is")):
        return WordClass.PLURAL
    return WordClass.LOWER


def _positions(keys: list[str]) -> dict[str, list[int]]:
    positions: dict[str, list[int]] = {}
    for i, key in enumerate(keys):
        positions.setdefault(key, []).append(i)
    return positions


@lru_cache(maxsize=CACHED_PASSAGES)
def analyse_passage(text: str) -> PassageTokens:
    """Tokens, stems, roles and sentences of a passage; results are cached by text."""
    spans = tokenize(text[:MAX_PASSAGE_CHARACTERS])
    words = [read_word(text[start:end]) for start, end in spans]
    offsets = np.array(spans, dtype=np.int32).reshape(-1, 2)
    classes = np.array([word.word_class for word in words], dtype=np.int8)
    starts = np.ascontiguousarray(offsets[:, 0])
    ends = np.ascontiguousarray(offsets[:, 1])
    limits = [start for start, _ in split_sentences(text[:MAX_PASSAGE_CHARACTERS])]
    firsts = np.unique(np.searchsorted(starts, np.array(limits, dtype=np.int32)))
    bounds = [int(i) for i in firsts if i < len(words)]
    if words and (not bounds or bounds[0] != 0):
        bounds.insert(0, 0)
    bounds.append(len(words))
    sentences = np.array(list(pairwise(bounds)), dtype=np.int32).reshape(-1, 2)
    opening = sentences[:, 0]
    capital = opening[classes[opening] == WordClass.CAPITAL]
    classes[capital] = WordClass.CAPITAL_FIRST
    steps = (classes == WordClass.OPEN).astype(np.int32) - (classes == WordClass.CLOSE)
    depth = np.clip(np.cumsum(steps) - steps, -100, 100).astype(np.int8)
    sentence_of = np.repeat(
        np.arange(len(sentences), dtype=np.int32), sentences[:, 1] - sentences[:, 0]
    )
    for array in (starts, ends, classes, sentences, sentence_of, depth):
        array.setflags(write=False)  # the cache shares them
    return PassageTokens(
        text,
        starts,
        ends,
        tuple(word.stem for word in words),
        _positions([word.stem for word in words]),
        _positions([word.related for word in words]),
        classes,
        sentences,
        sentence_of,
        depth,
    )
