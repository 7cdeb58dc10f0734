"""The few words of a sentence that answer a question, by the question's first words."""

from __future__ import annotations

import re
from collections.abc import Callable

from .matching import asked_stems
from .words import STOPWORDS, names, stems

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DATE = re.compile(
    rf"(?:\d{{1,2}}(?:st|nd|rd|th)?\s+)?{_MONTH}(?:\s+\d{{1,2}}(?:st|nd|rd|"
    rf"th)?\b)?(?:,?\s+\d{{4}})?"
    r"|\b(?:1\d|20)\d\d\b(?:\s*(?:-|to|until)\s*(?:1\d|20)\d\d\b)?"
    r"|\b\d{1,2}(?::\d\d)?\s*(?:a\.?m\.?|p\.?m\.?)\b|\b\d{1,2}:\d\d\b|\bnoon\b|\bmidnight\b"
    r"|\b(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day\b"
)
_WRITTEN = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|fifteen|twenty|thirty|"
    r"forty|fifty|sixty|seventy|eighty|ninety|hundred|thousand|million|half|dozen)"
)
_NUMBER = re.compile(
    rf"(?<![\w.,-])(?:[$\u20ac\u00a3]\s?\d[\d,.]*\d|[$\u20ac\u00a3]\s?\d|\b\d[\d,.]*\d|\b\d|"
    rf"\b{_WRITTEN}"
    rf"(?:[- ]{_WRITTEN})*\b)(?:\s?%|\s+(?:per cent|percent|million|billion|thousand|hundred|"
    rf"[a-z]+))?",
    re.I,
)
# At seven, at 7: a time of day where it is asked when.
_CLOCK = re.compile(
    rf"\bat\s+(?P<time>(?:half past |quarter (?:past|to) )?(?:{_WRITTEN}|\d{{1,2}})(?: o'clock)?)"
    r"(?!\s*(?:%|[a-z]+s\b))",
    re.I,
)
_FREQUENCY = re.compile(
    r"\b(?:every|each|once (?:a|an|per|every)|twice (?:a|an|per))\s+(?:[\w-]+\s+)?"
    r"(?:seconds?|minutes?|hours?|days?|nights?|weeks?|months?|years?|"
    r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day)\b"
    r"|\b(?:daily|weekly|monthly|yearly|hourly)\b",
    re.I,
)
_COLOUR = re.compile(
    r"\b(?:(?:dark|light|pale|bright|deep)\s+)?(?:red|green|blue|yellow|white|black|grey|gray|"
    r"brown|orange|purple|pink|violet|silver|golden|gold|beige|turquoise|crimson)\b",
    re.I,
)
_SOLE_NUMBER = re.compile(rf"(?:\d[\d,.]*|{_WRITTEN}|[A-Z])", re.I)
_PLACE = re.compile(
    r"\b(?:in|at|on|near|to|from|into|under|behind|beside|inside|of)\s+"
    r"((?:the|a|an|its|his|her|their)?\s*[\w'-]+(?:\s+(?!(?:and|by|with|for|was|is|when|"
    r"where)\b)[\w'-]+){0,3})"
)
_REASON = re.compile(
    r"\b(?:because(?: of)?|since|due to|owing to|so that|in order to)\b\s+([^.;]+)"
)
_CHUNK_END = re.compile(r"[,;:()!?\"\u2014]|\.(?!\d)|\s-\s")
_AUXILIARY = frozenset(
    [
        "is",
        "are",
        "was",
        "were",
        "do",
        "does",
        "did",
        "has",
        "have",
        "had",
        "can",
        "could",
        "will",
        "would",
        "should",
        "may",
        "must",
        "am",
    ]
)
_ARTICLES = frozenset({"a", "an", "the"})
_NEGATION = re.compile(r"\b(?:not|no|never|neither|nor|without|cannot|none)\b|n't\b", re.I)


_KINDS = tuple(
    (kind, re.compile(pattern, re.I))
    for kind, pattern in (
        (
            "name",
            r"\bwho\b|\bwhose\b|\bwhom\b|\bwhat (?:is|was) the name|"
            r"\b(?:what|which) (?:person|man|woman|engineer|author|player)\b",
        ),
        ("date", r"\bwhen\b|\b(?:what|which) (?:year|date|day|month|time)\b"),
        ("colour", r"\b(?:what|which) colou?rs?\b"),
        (
            "number",
            r"\bhow (?:many|much|long|far|old|often|tall|deep|high|big|fast|heavy|thick|wide)\b",
        ),
        (
            "number",
            r"\bwhat (?:is|was|are|were) the (?:\w+ )?(?:price|fee|cost|number|percentage|length|"
            r"depth|height|weight|population|speed|temperature|rate|limit)\b",
        ),
        ("place", r"\bwhere\b|\b(?:what|which) (?:city|country|place|town|village|street|room)\b"),
        ("reason", r"\bwhy\b"),
        ("thing", r"\bwhat\b|\bwhich\b|\bhow\b"),
    )
)


def is_yes_no(question: str) -> bool:
    """Whether a question can be answered by yes or no."""
    first = question.strip().split(maxsplit=1)
    return bool(first) and first[0].lower() in _AUXILIARY and " or " not in question


def kind_of(question: str) -> str:
    """Return what is asked for: `name`, `date`, `number`, `place`, `colour`, `reason` or
    `thing`.

    The first question word decides: "In which town was the man who ... born?" asks for a place.
    """
    starts = [
        (match.start(), order, kind)
        for order, (kind, pattern) in enumerate(_KINDS)
        if (match := pattern.search(question))
    ]
    return min(starts)[2] if starts else "thing"


def span(question: str, sentence: str) -> str:
    """Return the words of a sentence that answer a question; the whole of it if none stand out."""
    if is_yes_no(question):
        agree = bool(_NEGATION.search(question)) == bool(_NEGATION.search(sentence))
        return "yes" if agree else "no"
    if alternative := _alternative(question, sentence):
        return alternative
    found = _FINDERS[kind_of(question)](question, sentence)
    found = found or _thing(question, sentence) or sentence.strip().rstrip(".")
    return _with_noun(question, sentence, found)


def holds_kind(question: str, sentence: str) -> float:
    """Return how well what a sentence holds suits the kind that is asked for: about 1.

    A number, a date or a place that is asked for must be there; a name may be meant by a pronoun.
    """
    kind = kind_of(question)
    if _FINDERS[kind](question, sentence):
        return 1.15
    return {"number": 0.65, "date": 0.65, "place": 0.75, "colour": 0.5}.get(kind, 1.0)


def _with_noun(question: str, sentence: str, found: str) -> str:
    """Return `pier four` for `four`, where it was asked which pier."""
    match = re.search(r"\b(?:which|what)\s+(?P<noun>[\w-]+)", question, re.I)
    if match is None or not _SOLE_NUMBER.fullmatch(found):
        return found
    named = re.search(rf"\b{re.escape(match['noun'])}\s+{re.escape(found)}\b", sentence, re.I)
    return named.group() if named else found


def _alternative(question: str, sentence: str) -> str:
    match = re.search(r"([\w' -]+?)(?:,)? or (?:the |an? )?([\w' -]+?)\?", question)
    if match is None:
        return ""
    for side in (match[2], match[1].split(",")[-1]):
        last = side.strip().split()[-3:]
        for size in range(len(last), 0, -1):
            words = " ".join(last[-size:])
            if words.lower() in sentence.lower() and set(stems(words)):
                return words
    return ""


def _name(question: str, sentence: str) -> str:
    asked = set(stems(question))
    name = _nearest(question, sentence, [n for n in names(sentence) if not set(stems(n)) & asked])
    if name and (
        owner := re.search(rf"\b(?:the|a|an) [\w-]+ of (?:the )?{re.escape(name)}", sentence)
    ):
        return owner.group()  # the cook of the Fidelia, not the ship
    return name


def _date(question: str, sentence: str) -> str:
    found = [m.group() for m in _DATE.finditer(sentence)]
    if not found:
        found = [m["time"] for m in _CLOCK.finditer(sentence)]
    return _nearest(question, sentence, [d for d in found if d not in question])


def _colour(question: str, sentence: str) -> str:
    return _nearest(question, sentence, [m.group() for m in _COLOUR.finditer(sentence)])


def _number(question: str, sentence: str) -> str:
    if re.search(r"\bhow often\b", question, re.I) and (told := _FREQUENCY.search(sentence)):
        return told.group()
    found = []
    for match in _NUMBER.finditer(sentence):
        parts = match.group().split()
        if len(parts) > 1 and parts[-1].lower() in STOPWORDS:
            parts = parts[:-1]
        text = " ".join(parts).rstrip(",.")
        if text.lower() not in question.lower() and not re.fullmatch(r"(?:1\d|20)\d\d", parts[0]):
            found.append(text)
    return _nearest(question, sentence, found)


def _place(question: str, sentence: str) -> str:
    asked = set(stems(question))
    held = [n for n in names(sentence) if not set(stems(n)) & asked]
    places = [m[1].strip() for m in _PLACE.finditer(sentence) if not m[1][:1].isdigit()]
    for place in places:
        inside = [name for name in held if name in place or place in name]
        if inside:
            return inside[0]
    return _nearest(question, sentence, [p for p in places if not set(stems(p)) & asked])


def _reason(question: str, sentence: str) -> str:
    match = _REASON.search(sentence)
    return match[1].strip() if match else sentence.strip().rstrip(".")


def _thing(question: str, sentence: str) -> str:
    """Return a run of words that the question does not hold.

    Runs behind an article ("a mouse nest", "the mayor") are things, and go before others; of
    equals the one nearest to the question's words is taken.
    """
    asked = set(stems(question))
    led: list[str] = []
    bare: list[str] = []
    for clause in _CHUNK_END.split(sentence):
        run: list[str] = []
        before = ""
        for word in [*clause.split(), ""]:
            found = stems(word)
            joins = word in ("of", "&") and run
            if word and ((found and not set(found) & asked) or joins):
                run.append(word)
                continue
            if run:
                text = " ".join(run).removesuffix(" of").removesuffix(" &")
                if before.lower() in _ARTICLES:
                    led.append(f"{before} {text}")
                elif text[:1].isupper() or text[:1].isdigit():
                    led.append(text)
                else:
                    bare.append(text)
                run = []
            before = word
    return _nearest(question, sentence, led) or _nearest(question, sentence, bare)


def _nearest(question: str, sentence: str, candidates: list[str]) -> str:
    """Return the candidate that stands nearest to the question's words in the sentence."""
    asked = set(asked_stems(question))
    places = [
        match.start()
        for match in re.finditer(r"[\w'-]+", sentence)
        if set(stems(match.group())) & asked
    ]

    def distance(candidate: str) -> tuple[float, int]:
        start = sentence.find(candidate)
        end = start + len(candidate)
        gaps = sorted(min(abs(p - end), abs(p - start)) for p in places)
        return (sum(gaps[:2]), start)

    return min(candidates, key=distance, default="")


_FINDERS: dict[str, Callable[[str, str], str]] = {
    "name": _name,
    "date": _date,
    "colour": _colour,
    "number": _number,
    "place": _place,
    "reason": _reason,
    "thing": _thing,
}
