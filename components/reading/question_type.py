"""What a question asks for: the type of its answer, its focus, and the words to look for."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache

from .lexicon import WordClass
from .passage_tokens import read_word, tokenize
from .wordlist import word_set

__all__ = ["AnswerType", "Question", "analyse_question"]


class AnswerType(IntEnum):
    """The kind of answer that a question's form calls for."""

    OTHER = 0
    PERSON = 1
    PLACE = 2
    DATE = 3
    COUNT = 4
    QUANTITY = 5
    REASON = 6
    MANNER = 7
    NAMED = 8  # which connector, what kind of engine
    DEFINITION = 9  # what is X
    OBJECT = 10  # what does X do, what did X use
    ORGANISATION = 11
    NAME = 12  # what is X called, what is the name of X


@dataclass(frozen=True, slots=True)
class Question:
    """An analysed question; the tuples have one entry for each distinct content stem, in order."""

    answer_type: AnswerType
    stems: tuple[str, ...]
    related: tuple[str, ...]
    named: tuple[bool, ...]  # capitalised, a number or a code
    focus: str  # stem of the noun that the answer is an instance of; '' if there is none
    focus_noun: bool  # the focus stands directly after what or which
    first: int  # index of the first content stem after the question phrase, -1 if none
    preposition: int  # WordClass of that in 'in what year', 'what is it made of'; 0 if none


_DATE = word_set("year date century decade day month era period season time anniversary")
_PLACE = word_set(
    "country city town place location state river region continent street nation area island "
    "province village county territory port building room site venue mountain lake sea "
    "ocean district borough headquarters capital address hemisphere"
)
_PERSON = word_set(
    "person man men woman women "
    "king queen president author writer scientist leader emperor actor actress "
    "singer player physicist mathematician philosopher explorer general founder inventor king "
    "ruler monarch duke prince director architect artist composer chancellor scholar minister "
    "governor engineer chemist poet monk bishop pope figure people character theologian "
    "manager technician officer supervisor host astronaut student alumnus"
)
_ORGANISATION = word_set(
    "company organization organisation university school team band party agency group "
    "institution firm corporation church newspaper club network council committee court army "
    "department supplier manufacturer channel label"
)
_QUANTITY = word_set(
    "percentage percent temperature length interval price cost rate voltage weight depth speed "
    "duration height distance amount size population value pressure frequency range limit age "
    "width area mass power current accuracy resolution torque tolerance fee budget capacity lag "
    "salary score ratio proportion number fraction term salinity humidity threshold delay density "
    "total average minimum maximum"
)
_REASON = word_set("reason cause purpose")
_MANNER = word_set("method way process means")
_MEASURES = word_set(
    "long far tall high deep heavy old fast often wide big large hot cold quickly soon "
    "thick close late early frequently small"
)
_KIND = word_set("type kind sort form name example part one number")
_FUNCTION = frozenset(
    int(c)
    for c in WordClass
    if WordClass.STOP <= c <= WordClass.SYMBOL
    or WordClass.ARTICLE <= c <= WordClass.PREPOSITION
    or WordClass.AND <= c <= WordClass.THAT
)
_PREPOSITIONS = frozenset(range(WordClass.OF, WordClass.PREPOSITION + 1))
_VERBAL = frozenset({int(WordClass.BE), int(WordClass.AUXILIARY), int(WordClass.MODAL)})
_INTERROGATIVES = word_set("who whom whose what which when where why how")
_NAMED = frozenset(
    int(c)
    for c in (
        WordClass.CAPITAL, WordClass.ACRONYM, WordClass.CODE, WordClass.DIGITS, WordClass.YEAR,
        WordClass.MONTH, WordClass.ORDINAL, WordClass.TITLE, WordClass.NUMBER_WORD,
        WordClass.PLACE_NAME, WordClass.NATIONALITY, WordClass.GIVEN_NAME,
        WordClass.ORGANISATION_WORD, WordClass.PLACE_WORD,
    )
)  # fmt: skip


@lru_cache(maxsize=8192)
def analyse_question(text: str) -> Question:
    """Analyse a question of any form; one without a question word has the type OTHER."""
    surfaces = [text[start:end] for start, end in tokenize(text[:2000])]
    words = [read_word(surface) for surface in surfaces]
    lowers = [surface.lower() for surface in surfaces]
    classes = [word.word_class for word in words]
    at = _interrogative(lowers, classes)
    kind, focus_at, phrase_end = _answer_type(lowers, classes, at)
    order: dict[str, int] = {}
    related: list[str] = []
    named: list[bool] = []
    first = -1
    for i, word in enumerate(words):
        if i == at or classes[i] in _FUNCTION or lowers[i] in _INTERROGATIVES:
            continue
        if word.stem not in order:
            order[word.stem] = len(order)
            related.append(word.related)
            named.append(classes[i] in _NAMED and i > 0)
        if first < 0 and i >= phrase_end and at >= 0:
            first = order[word.stem]
    preposition = 0
    if at > 0 and classes[at - 1] in _PREPOSITIONS:
        preposition = classes[at - 1]
    elif len(words) > 2 and classes[-1] == WordClass.STOP and classes[-2] in _PREPOSITIONS:
        preposition = classes[-2]
    return Question(
        kind,
        tuple(order),
        tuple(related),
        tuple(named),
        words[focus_at].stem if focus_at >= 0 else "",
        focus_at >= 0 and focus_at < phrase_end and lowers[at] in ("what", "which"),
        first,
        preposition,
    )


def _interrogative(lowers: list[str], classes: list[int]) -> int:
    """Position of the question word, -1 if there is none."""
    found = [i for i, lower in enumerate(lowers) if lower in _INTERROGATIVES]
    if not found:
        return -1
    if found[0] == 0 and lowers[0] in ("when", "where") and len(found) > 1:
        # 'When the pump stops, what must be checked?'
        after = classes[1] if len(classes) > 1 else 0
        if after not in _VERBAL:
            return found[1]
    return found[0]


def _answer_type(lowers: list[str], classes: list[int], at: int) -> tuple[AnswerType, int, int]:
    """Type, position of the focus (-1 if none), and where the question phrase ends."""
    if at < 0:
        return AnswerType.OTHER, -1, 0
    word, after = lowers[at], lowers[at + 1] if at + 1 < len(lowers) else ""
    if word in ("who", "whom", "whose"):
        return AnswerType.PERSON, -1, at + 1
    if word == "where":
        return AnswerType.PLACE, -1, at + 1
    if word == "when":
        return AnswerType.DATE, -1, at + 1
    if word == "why":
        return AnswerType.REASON, -1, at + 1
    if word == "how":
        if after == "many":
            focus = at + 2 if at + 2 < len(lowers) else -1
            return AnswerType.COUNT, _noun_end(classes, focus), at + 2
        if after == "much" or after in _MEASURES:
            return AnswerType.QUANTITY, -1, at + 2
        return AnswerType.MANNER, -1, at + 1
    return _what_type(lowers, classes, at)


def _what_type(lowers: list[str], classes: list[int], at: int) -> tuple[AnswerType, int, int]:
    """The same for a question with what or which."""
    n = len(lowers)
    after = at + 1
    if after < n and classes[after] not in _VERBAL:
        end = _noun_end(classes, after)
        if end < 0:
            return AnswerType.NAMED, -1, after
        phrase_end = end + 1
        if _is_one_of(lowers[end], _KIND) and end + 1 < n and classes[end + 1] == WordClass.OF:
            inner = _noun_end(classes, _skip_determiners(classes, end + 2))
            if inner >= 0:
                end, phrase_end = inner, inner + 1
        return _noun_type(lowers[end], AnswerType.NAMED), end, phrase_end
    if "called" in lowers[-4:] or "named" in lowers[-4:] or "name" in lowers[at : at + 5]:
        return AnswerType.NAME, -1, after + 1
    if after < n and classes[after] == WordClass.BE:
        start = _skip_determiners(classes, after + 1)
        end = _noun_end(classes, start)
        if end < 0:
            return AnswerType.OBJECT, -1, after + 1
        has_complement = end + 1 < n and classes[end + 1] != WordClass.STOP
        fallback = AnswerType.OBJECT if has_complement else AnswerType.DEFINITION
        return _noun_type(lowers[end], fallback), end if has_complement else -1, after + 1
    return AnswerType.OBJECT, -1, after + 1


def _skip_determiners(classes: list[int], at: int) -> int:
    while at < len(classes) and WordClass.ARTICLE <= classes[at] <= WordClass.POSSESSIVE:
        at += 1
    return at


def _noun_end(classes: list[int], at: int) -> int:
    """Last position of the run of open-class words that begins at `at`, -1 if there is none."""
    if at < 0 or at >= len(classes):
        return -1
    end = -1
    for i in range(at, min(len(classes), at + 6)):
        if classes[i] in _FUNCTION or classes[i] == WordClass.VERB:
            if classes[i] in (WordClass.ADVERB, WordClass.QUANTIFIER) and end < 0:
                continue
            break
        if end >= 0 and classes[i] in (WordClass.ED, WordClass.ING):
            break
        end = i
    return end


def _noun_type(noun: str, fallback: AnswerType) -> AnswerType:
    for nouns, answer_type in (
        (_DATE, AnswerType.DATE),
        (_PLACE, AnswerType.PLACE),
        (_PERSON, AnswerType.PERSON),
        (_ORGANISATION, AnswerType.ORGANISATION),
        (_QUANTITY, AnswerType.QUANTITY),
        (_REASON, AnswerType.REASON),
        (_MANNER, AnswerType.MANNER),
    ):
        if _is_one_of(noun, nouns):
            return answer_type
    return fallback


def _is_one_of(noun: str, nouns: frozenset[str]) -> bool:
    """Whether the list holds the noun or its singular; stems would take engines for engineers."""
    singular = noun[:-3] + "y" if noun.endswith("ies") else noun.removesuffix("s")
    return noun in nouns or singular in nouns or noun.removesuffix("es") in nouns
