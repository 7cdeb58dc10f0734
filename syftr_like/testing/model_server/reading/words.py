"""Words, stems, names and sentences of English text."""

from __future__ import annotations

import re
import threading
from functools import lru_cache

import Stemmer

_WORD = re.compile(r"[A-Za-z0-9]+(?:['\u2019][A-Za-z]+)?")
_SENTENCE_END = re.compile(r"(?<=[.!?])[\"')\]]*\s+(?=[\"'(\[]*[A-Z0-9])|\n+")
_ABBREVIATION = re.compile(r"\b(?:Mr|Mrs|Ms|Dr|Prof|St|No|vs|etc|e\.g|i\.e|[A-Z])\.$")
_NAME = re.compile(
    r"\b[A-Z][\w'\u2019.-]*\w(?:\s+(?:(?:of|de|van|von|the|and|du|la|&)\s+)?[A-Z0-9][\w'\u2019-]*)*"
    r"|\b[A-Z]\b(?!\.)"
)
_NAME_START_LIST = """
only also even since during under until because although then now once such many one two three over
between within without through against please tell give find answer write say explain reply
the a an in on at it its he she they this that these those if when while after before and but or
for from to by with as of is are was were there here his her their our your my we you i what
which who whom whose where why how do does did can could may some all most both each every no
not
"""
_NAME_START = frozenset(_NAME_START_LIST.split())

_STOPWORD_LIST = """
a an and are as at be been being but by can could did do does doing for from had has have he her
hers him his how i if in into is it its itself may me might more most must my no nor not of on
or our ours out over own shall she should so some such than that the their theirs them then
there these they this those through to too under up us very was we were what when where which
while who whom whose why will with would you your yours about after again all also am any
because before below between both down during each few further here just now off once only other
same until s t d ll re ve m please tell
"""
STOPWORDS = frozenset(_STOPWORD_LIST.split())

_SYNONYMS = (
    "big large huge great sizeable",
    "small little tiny minor",
    "buy purchase acquire bought acquired",
    "begin start commence open began launch",
    "end finish stop conclude close",
    "build construct make create built made produce manufacture",
    "found establish founded established founder",
    "write author wrote written writer",
    "car automobile vehicle",
    "doctor physician",
    "film movie picture",
    "cost price fee charge",
    "pay wage salary",
    "job work occupation profession employ",
    "town city village",
    "country nation state",
    "live reside dwell inhabit",
    "die death dead perish",
    "birth born",
    "kill murder slay",
    "show display exhibit",
    "fix mend repair",
    "send ship dispatch deliver",
    "quick fast rapid speedy",
    "error fault defect failure fail broke",
    "help assist aid support",
    "need require want",
    "use employ utilise utilize apply",
    "leader head chief director boss manager",
    "company firm business enterprise corporation",
    "kid child children",
    "wife husband spouse married marry",
    "year annual yearly",
    "happen occur take",
    "call name title known",
    "win won victory victor",
    "river stream",
    "ocean sea",
    "study research investigate",
    "teacher professor instructor",
    "hurt injure harm damage",
    "choose select pick",
    "get receive obtain",
    "keep hold retain store",
    "increase grow rise",
    "decrease fall drop decline reduce",
    "near close nearby",
    "old ancient aged age",
    "warranty guarantee",
    "holiday vacation leave",
    "phone telephone",
)

_stemmer = Stemmer.Stemmer("english")
_stemming = threading.Lock()


@lru_cache(maxsize=65_536)
def stem(word: str) -> str:
    """Return the Snowball stem of a word in lower case (Porter 2001)."""
    with _stemming:  # the stemmer is not safe to use from several threads
        found: str = _stemmer.stemWord(word)
    return found


@lru_cache(maxsize=65_536)
def folded(word: str) -> str:
    """Return one stem for all words that mean much the same, by a small table."""
    found = stem(word)
    return _FOLDED.get(found, found)


def words(text: str) -> list[str]:
    """Return the words of a text in lower case, in order, possessive endings cut off."""
    found = _WORD.findall(text.replace("\u2019", "'").lower())
    return [word.removesuffix("'s") for word in found]


@lru_cache(maxsize=65_536)
def stems(text: str) -> tuple[str, ...]:
    """Return the folded stems of the words that carry meaning, in order."""
    return tuple(folded(word) for word in words(text) if word not in STOPWORDS)


def names(text: str) -> list[str]:
    """Return the proper names of a text, in order: runs of capitalised words.

    A common word at the beginning of a sentence is no name, nor part of one.
    """
    found = []
    for match in _NAME.finditer(text):
        parts = match.group().rstrip(".").split()
        while parts and parts[0].lower() in _NAME_START:
            parts = parts[1:]
        while parts and parts[-1].lower() in _NAME_START:
            parts = parts[:-1]
        if parts and not parts[0].isdigit():
            found.append(" ".join(parts))
    return found


def sentences(text: str) -> list[str]:
    """Return the sentences of a text, in order, without space around them."""
    found: list[str] = []
    for part in _SENTENCE_END.split(text):
        stripped = part.strip()
        if not stripped:
            continue
        if found and _ABBREVIATION.search(found[-1]):
            found[-1] = f"{found[-1]} {stripped}"
        else:
            found.append(stripped)
    return found


_FOLDED = {stem(word): group.split()[0] for group in _SYNONYMS for word in group.split()}
