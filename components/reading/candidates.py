"""Candidate answers: the spans of the chosen sentences that could stand alone as an answer."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from .lexicon import WordClass

__all__ = ["CAPITAL", "Candidates", "SpanKind", "find_candidates"]

_C = WordClass


class SpanKind(IntEnum):
    """What a span looks like."""

    OTHER = 0
    DATE = 1
    NUMBER = 2
    MEASURE = 3  # number and unit
    SHARE = 4  # percentage
    MONEY = 5
    CODE = 6
    NAME = 7  # one capitalised word
    FULL_NAME = 8  # several
    NAMED_PHRASE = 9  # capitalised with function words: 'Kingdom of Sicily', 'the Black Sea'
    MIXED = 10  # capitalised and lower-case words
    WORD = 11  # one lower-case word
    PHRASE = 12  # several lower-case words
    DETERMINED = 13  # 'the quality manager'
    PREPOSITIONAL = 14  # 'with a hex key'
    COUNTED = 15  # 'three ships'
    LIST = 16
    CLAUSE = 17  # holds a verb
    PURPOSE = 18  # 'to avoid ...', 'because ...'
    PERSON = 19  # begins with a given name or a title
    PLACE = 20
    PEOPLE = 21  # a nationality or a creed
    ORGANISATION = 22


def _table(*classes: WordClass) -> NDArray[np.bool_]:
    table = np.zeros(len(WordClass), dtype=np.bool_)
    table[[int(c) for c in classes]] = True
    return table


_PUNCTUATION = (_C.EDGE, _C.STOP, _C.COMMA, _C.COLON, _C.OPEN, _C.CLOSE, _C.QUOTE, _C.DASH,
                _C.SYMBOL)  # fmt: skip
NO_START = _table(*_PUNCTUATION, _C.PERCENT, _C.GENITIVE, _C.OF, _C.AND, _C.OR, _C.BUT, _C.BE,
                  _C.AUXILIARY, _C.MODAL, _C.WH, _C.SUBORDINATOR, _C.PRONOUN)  # fmt: skip
NO_END = _table(*_PUNCTUATION, _C.CURRENCY, _C.ARTICLE, _C.POSSESSIVE, _C.GENITIVE, _C.OF, _C.IN,
                _C.TO, _C.BY, _C.FOR, _C.WITH, _C.FROM, _C.AT, _C.ON, _C.AS, _C.PREPOSITION,
                _C.AND, _C.OR, _C.BUT, _C.BECAUSE, _C.SUBORDINATOR, _C.BE, _C.AUXILIARY,
                _C.MODAL, _C.NOT, _C.WH, _C.THAT, _C.TITLE)  # fmt: skip
BARRIER = _table(_C.EDGE, _C.STOP, _C.COLON)
# Where a phrase can close: before these words.
_CLOSING = _table(*_PUNCTUATION, _C.OF, _C.IN, _C.TO, _C.BY, _C.FOR, _C.WITH, _C.FROM, _C.AT,
                  _C.ON, _C.AS, _C.PREPOSITION, _C.AND, _C.OR, _C.BUT, _C.BECAUSE,
                  _C.SUBORDINATOR, _C.BE, _C.AUXILIARY, _C.MODAL, _C.WH, _C.THAT, _C.ADVERB,
                  _C.VERB, _C.ED)  # fmt: skip
_NAME = (_C.PLACE_NAME, _C.NATIONALITY, _C.GIVEN_NAME, _C.ORGANISATION_WORD, _C.PLACE_WORD)
CAPITAL = _table(_C.CAPITAL, _C.ACRONYM, _C.TITLE, _C.CAPITAL_FIRST, _C.MONTH, _C.WEEKDAY,
                  *_NAME)  # fmt: skip
_NUMBER = _table(_C.DIGITS, _C.YEAR, _C.NUMBER_WORD)
_DATE = _table(_C.YEAR, _C.MONTH, _C.WEEKDAY)
_DATE_FILLER = _table(_C.YEAR, _C.MONTH, _C.WEEKDAY, _C.DIGITS, _C.ORDINAL, _C.COMMA, _C.DASH,
                      _C.ARTICLE, _C.OF, _C.TO, _C.AND, _C.IN, _C.UNIT, _C.NUMBER_WORD,
                      _C.BY, _C.PREPOSITION, _C.ON, _C.FROM)  # fmt: skip
_FUNCTION = _table(_C.ARTICLE, _C.DEMONSTRATIVE, _C.POSSESSIVE, _C.GENITIVE, _C.OF, _C.IN, _C.TO,
                   _C.BY, _C.FOR, _C.WITH, _C.FROM, _C.AT, _C.ON, _C.AS, _C.PREPOSITION, _C.AND,
                   _C.OR, _C.COMMA, _C.DASH, _C.QUOTE, _C.SYMBOL, _C.STOP, _C.OPEN,
                   _C.CLOSE)  # fmt: skip
_VERBAL = _table(_C.BE, _C.AUXILIARY, _C.MODAL, _C.VERB, _C.WH, _C.THAT, _C.PRONOUN, _C.NOT)
_PREPOSITION = _table(_C.IN, _C.BY, _C.FOR, _C.WITH, _C.FROM, _C.AT, _C.ON, _C.AS, _C.PREPOSITION)
_DETERMINER = _table(_C.ARTICLE, _C.DEMONSTRATIVE, _C.POSSESSIVE)
# A new clause begins between the first of these and the second.
_JOINT = _table(_C.COMMA, _C.AND, _C.BUT, _C.OR)
_CLAUSE_OPENER = _table(_C.PRONOUN, _C.BE, _C.AUXILIARY, _C.MODAL, _C.BUT, _C.SUBORDINATOR, _C.WH)
_LONG = 6  # longer spans than this must close where a phrase closes


@dataclass(frozen=True, slots=True)
class Candidates:
    """n spans of tokens: first and last token (both inclusive), length and kind of each."""

    first: NDArray[np.intp]
    last: NDArray[np.intp]
    length: NDArray[np.intp]
    kind: NDArray[np.intp]


def find_candidates(
    classes: NDArray[np.int8], depth: NDArray[np.int8], max_tokens: int
) -> Candidates:
    """Every span of at most `max_tokens` tokens that does not begin or end in mid-phrase.

    `classes` holds sentences separated by runs of EDGE of at least `max_tokens` tokens, `depth`
    the depth of brackets before each token. A span stays within a sentence, and within a pair of
    brackets or around it.
    """
    n = len(classes)
    starts = np.flatnonzero(~NO_START[classes])
    ends_ok = ~NO_END[classes]
    closes = np.ones(n + 1, dtype=np.bool_)
    closes[:n] = _CLOSING[classes]
    barrier = BARRIER[classes]
    barrier[1:] |= _JOINT[classes[:-1]] & _CLAUSE_OPENER[classes[1:]]
    barriers = np.cumsum(barrier)
    lasts = starts[:, None] + np.arange(max_tokens)
    inside = lasts < n
    np.minimum(lasts, n - 1, out=lasts)
    valid = inside & ends_ok[lasts]
    valid &= barriers[lasts] == barriers[starts][:, None]
    valid &= depth[lasts] == depth[starts][:, None]
    if max_tokens > _LONG:
        valid[:, _LONG:] &= closes[lasts[:, _LONG:] + 1]
    rows, columns = np.nonzero(valid)
    first = starts[rows]
    last = first + columns
    return Candidates(first, last, columns + 1, _kinds(classes, first, last, columns + 1))


def _kinds(
    classes: NDArray[np.int8],
    first: NDArray[np.intp],
    last: NDArray[np.intp],
    length: NDArray[np.intp],
) -> NDArray[np.intp]:
    tables = np.stack(
        (
            CAPITAL[classes], _NUMBER[classes], _DATE[classes], _DATE_FILLER[classes],
            _FUNCTION[classes], _VERBAL[classes], classes == _C.CODE,
            classes == _C.AND, classes == _C.COMMA, classes == _C.PERCENT,
            classes == _C.CURRENCY, classes == _C.UNIT,
        )
    )  # fmt: skip
    sums = np.zeros((tables.shape[0], tables.shape[1] + 1), dtype=np.int32)
    np.cumsum(tables, axis=1, out=sums[:, 1:])
    counts = sums.take(last + 1, axis=1) - sums.take(first, axis=1)
    (capital, number, date, filler, function, verbal, code, conjunction, comma, share,
     money, unit) = counts  # fmt: skip
    opening, closing = classes[first], classes[last]
    content = length - function
    short = (length <= 5) & (conjunction == 0)
    named = (capital == content) & (content > 0)
    kind = np.full(len(first), SpanKind.PHRASE, dtype=np.intp)
    kind[length == 1] = SpanKind.WORD
    # Later rules win.
    rules = (
        (_DETERMINER[opening], SpanKind.DETERMINED),
        ((number > 0) & (content > 1), SpanKind.COUNTED),
        (_PREPOSITION[opening], SpanKind.PREPOSITIONAL),
        (capital > 0, SpanKind.MIXED),
        ((capital == content) & (content > 0) & (function > 0), SpanKind.NAMED_PHRASE),
        ((capital == length) & (length > 1), SpanKind.FULL_NAME),
        ((capital == 1) & (length == 1), SpanKind.NAME),
        (named & ((closing == _C.PLACE_NAME) | (closing == _C.PLACE_WORD)), SpanKind.PLACE),
        (named & (closing == _C.NATIONALITY), SpanKind.PEOPLE),
        (named & (closing == _C.ORGANISATION_WORD), SpanKind.ORGANISATION),
        (named & ((opening == _C.GIVEN_NAME) | (opening == _C.TITLE)), SpanKind.PERSON),
        ((code > 0) & (content <= 2), SpanKind.CODE),
        (((conjunction > 0) & (content > 1)) | (comma > 1), SpanKind.LIST),
        (short & (number > 0) & (closing == _C.UNIT), SpanKind.MEASURE),
        ((number == length), SpanKind.NUMBER),
        ((number > 0) & (unit == 0) & (number == content) & (length <= 3), SpanKind.NUMBER),
        ((filler == length) & (date > 0), SpanKind.DATE),
        (short & (share > 0), SpanKind.SHARE),
        (short & (money > 0), SpanKind.MONEY),
        (verbal > 0, SpanKind.CLAUSE),
        ((opening == _C.TO) | (opening == _C.BECAUSE), SpanKind.PURPOSE),
    )
    for chosen, label in rules:
        kind[chosen] = label
    return kind
