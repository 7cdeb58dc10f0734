"""Reading what a model says of work under way: faults of a draft, the score of an attempt.

Neither is what the agent is after. Where no reply can be read, the work still stands; what is
raised then is told apart from a model that does not reply.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..reply_forms import UnreadableReplyError, without_thoughts
from .actions import wanted
from .labelled import first, parts_of

HIGHEST_SCORE = 10
"""The score of a perfect attempt."""


@dataclass(frozen=True, slots=True)
class Critique:
    """What is wrong with a draft.

    Attributes:
        faults: In the model's words.
        search: What to look up to mend them; empty where nothing is missing.
    """

    faults: str
    search: str


_SENTENCE_END = re.compile(r"(?<=[.!?])\s+|\n+")
_TURN = re.compile(
    r"\b(?:but|however|except|although|though|apart\s+from|other\s+than|nevertheless)\b", re.I
)
_CLAUSE_END = re.compile(
    rf"[,;:(\u2013\u2014]|\s-\s|\b(?:because|since|as)\b|{_TURN.pattern}", re.I
)
_DRAFT = r"(?:the|this|your)\s+(?:draft(?:\s+answer)?|answer)"
# `No faults`, `I found no faults`, `The draft has no errors`, `No faults were found in the draft`;
# not `No faults in the grammar`.
_FAULTLESS = re.compile(
    rf"""(?:(?:{_DRAFT}\s+(?:has|contains|shows)|there\s+(?:are|is)|i\s+(?:see|find|found))\s+)?
    no\s+(?:(?:obvious|major|significant|serious)\s+)?(?:faults?|errors?|issues?|problems?|mistakes?)
    (?:\s+(?:were|was|are|is))?(?:\s+(?:found|seen|detected|identified|noted|to\s+report))?
    (?:\s+(?:in|with)\s+(?:{_DRAFT}|it))?""",
    re.I | re.X,
)
_NONE = re.compile(r"(?:none|nothing|n/a)(?:\s+(?:found|to\s+report))?", re.I)
_PARTLY_FAULTLESS = re.compile(r"\bno\s+(?:\w+\s+)?(?:faults?|errors?)\b", re.I)
_COMPLAINT = re.compile(
    r"(?P<denied>\b(?:nothing|not|no)\s+(?:is\s+|seems\s+)?)?"
    r"\b(?:wrong|incorrect|inaccurate|missing|lacks?|unsupported|should)\b",
    re.I,
)


def read_critique(reply: str) -> Critique | None:
    """Return the faults that were found, None where there are none.

    A draft is found good by a sentence that says so of all of it, such as `NO FAULTS. It is borne
    out by [1].`, `The draft has no faults.` or `Faults: none`. One that turns on the way, such as
    `No faults in the grammar, but the date is wrong`, is a critique.

    Raises:
        UnreadableReplyError: It says neither, or both.
    """
    text = without_thoughts(reply)
    parts = parts_of(text, "faults", "search")
    faults = first(parts, "faults")
    said = faults or text
    sentences = [s for part in _SENTENCE_END.split(said) if (s := part.strip())]
    approving = [n for n, s in enumerate(sentences) if _approves(s, opening=n == 0)]
    if approving and (approving[0] == 0 or not faults):
        if _TURN.search(sentences[approving[0]]):
            return Critique(said, wanted(parts, "search") or "")
        others = " ".join(s for n, s in enumerate(sentences) if n != approving[0])
        if _TURN.search(others) or _complains(said):
            raise UnreadableReplyError("it says that there are no faults, and names some")
        return None
    if faults or (_PARTLY_FAULTLESS.search(said) and _TURN.search(said)):
        return Critique(said, wanted(parts, "search") or "")
    raise UnreadableReplyError("it is not NO FAULTS, and has no line Faults: ...")


def _approves(sentence: str, *, opening: bool) -> bool:
    """Whether the first clause of a sentence says that there are no faults."""
    clause = _CLAUSE_END.split(sentence, maxsplit=1)[0].strip(" \t*_`#>\"'.!")
    return bool(_FAULTLESS.fullmatch(clause) or (opening and _NONE.fullmatch(clause)))


def _complains(text: str) -> bool:
    return any(match["denied"] is None for match in _COMPLAINT.finditer(text))


_SCORE_LINE = re.compile(
    r"^\W*(?:(?:the|my|final|overall)\s+)*(?:score|rating)[\s*_`\"']*(?:\bis\b|[:=\uff1a])\s*(?P<rest>.*)",
    re.I | re.M,
)
_LISTED = re.compile(r"\s*\d+[.)]\s+\S")
# A number, what it is out of, and then an end, or words about it: not `8 to 9`, `8-9`, `8, 9`,
# `2 passages`.
_SCORE = re.compile(
    r"""[\s*_`"'<\[(]*(?P<number>[-\u2212]?\d*[.,]?\d+)
    (?:[\s*_`]*[(\[]?\s*(?:/|\bout\s+of\b|\bof\b)\s*(?P<scale>\d+(?:\.\d+)?)|\s*(?P<percent>%))?
    [*_`"'>\])]*(?:\s+points?\b)?
    (?=\s*(?:\Z|\n|[!(\])}"]|[,;:](?!\s*\d)|\.(?!\d)|\s[-\u2013\u2014]\s(?!\s*\d)
        |\b(?:because|since|as|for)\b))""",
    re.I | re.X,
)


def read_score(reply: str) -> float:
    """Return a score of 0 to 10 as a value in [0, 1]; `4/5` and `80%` are read as they say.

    It stands behind `Score:`, or else begins the reply. A fraction such as `0.8` that does not say
    out of what could be meant out of 1 as well as out of 10, and is asked for again.

    Raises:
        UnreadableReplyError: There is no such number, there are several, or it is out of range.
    """
    text = without_thoughts(reply)
    lines = [match["rest"] for match in _SCORE_LINE.finditer(text)]
    alone = [] if _LISTED.match(text) else [text]
    values = {_value(line) for line in lines or alone}
    value = values.pop() if len(values) == 1 else None
    if value is None:
        raise UnreadableReplyError(
            f"it has no line Score: ..., with a number from 0 to {HIGHEST_SCORE}"
        )
    return value


def _value(text: str) -> float | None:
    match = _SCORE.match(text)
    if match is None:
        return None
    written = match["number"].replace(",", ".").replace("\u2212", "-")
    number = float(written)
    scale = 100.0 if match["percent"] else float(match["scale"] or HIGHEST_SCORE)
    said_out_of_what = bool(match["percent"] or match["scale"])
    if scale == 0 or (not said_out_of_what and "." in written and 0 < number <= 1):
        return None
    value = number / scale
    return value if 0 <= value <= 1 else None
