"""The form that a prompt asks a reply to have."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any, Literal

Listing = Literal["lines", "numbered", "bullets", "commas", "json"]

_WRITTEN = "one two three four five six seven eight nine ten"
_COUNTS = {word: number for number, word in enumerate(_WRITTEN.split(), start=1)}
_PAIRS = (
    ("yes", "no"),
    ("correct", "incorrect"),
    ("correct", "wrong"),
    ("right", "wrong"),
    ("true", "false"),
    ("supported", "unsupported"),
    ("supported", "not supported"),
    ("supported", "not_supported"),
    ("relevant", "irrelevant"),
    ("relevant", "not relevant"),
    ("agree", "disagree"),
    ("pass", "fail"),
    ("faithful", "unfaithful"),
    ("same", "different"),
    ("accept", "reject"),
    ("sufficient", "insufficient"),
    ("equivalent", "not equivalent"),
)
_SCALE = re.compile(
    r"(?:from|between|scale(?: of| from)?|rate|score|number|integer|rating|relevan\w+|\()\D{0,40}?"
    r"(?P<low>\d+(?:\.\d+)?)(?:,[^.,\d\n]{1,40},)?\s*(?:to|-|\u2013|and|through)\s*(?P<high>\d+(?:\.\d+)?)",
    re.I,
)
_OUT_OF = re.compile(r"\bout of (?P<high>\d+)\b", re.I)
_SPAN_OF_NUMBERS = re.compile(
    r"<\s*(?P<low>\d+(?:\.\d+)?)\s*(?:to|-|\u2013)\s*(?P<high>\d+(?:\.\d+)?)"
)
_ZERO_ONE = re.compile(
    r"\b(?:0 or 1|1 or 0)\b|\b1 (?:if|for|when)\b.{0,120}\b0 (?:if|for|when|otherwise)\b", re.S
)
_FIELD_LINE = re.compile(
    r"^[\s\-*>`\"']*\**(?P<label>[A-Z][A-Za-z ]{0,24}?)\**\s*:\**\s*"
    r"(?P<value><[^\n]*>|\[{1,2}[^\]\n]*\]{1,2}|\{[^}\n]*\}|\.\.\.|\u2026)[`\"']?\s*\.?\s*$",
    re.M,
)
_FIELD_IN_LINE = re.compile(
    r"\bform(?:at)?\b[^\n:]{0,30}:\s*[\"'`]?(?P<label>[A-Z][a-z]+):\s*(?:\[\[|<|\{)[^\n]*"
)
_SINGLE = re.compile(
    r"\b(?:if|when|where)\b[^.?!\n]{0,80}?\b(?:single|simple|one (?:fact|step|question)|"
    r"(?:no|cannot be|need not be|needs no) (?:further )?(?:split\w*|decompos\w*|taking apart|"
    r"broken down|taken apart))\b",
    re.I,
)
_FIELD_QUOTED = re.compile(
    r"[\"'`](?P<label>[A-Z][A-Za-z ]{0,24}):\s*(?P<value>[^\"'`\n]{0,40})[\"'`]"
)
_CONDITION = re.compile(
    r"\b(?:if|when|where|in case)\b[^.?!\n]{0,120}?(?:\bnot\b|n't\b|\bcannot\b|\bno\b|\bnone\b|"
    r"\bunknown\b|insufficient|"
    r"unanswerable|\black)",
    re.I,
)
_APPROVES = re.compile(
    r"\bif\b[^.?!\n]{0,100}?\b(?:good|correct|fine|complete|nothing|no (?:\w+ )?(?:problems?|"
    r"issues?|"
    r"errors?|mistakes?|faults?|flaws?|changes?|improvements?))\b",
    re.I,
)
_QUOTED = re.compile(r"[\"'\u201c`](?P<phrase>[^\"'\u201d`\n]{2,80})[\"'\u201d`]")
_LOUD = re.compile(r"\b(?P<phrase>[A-Z]{2,}(?:[ _][A-Z]{2,})*)\b")
_AFTER_COLON = re.compile(r":\s*\n*\s*(?:Answer:\s*)?(?P<phrase>[^\n:<>]{2,80}?)\s*(?:\n|$)")
_TOLD = re.compile(
    r"\b(?:say|reply|respond|write|answer|output|return)\b(?: with)?(?: exactly| only| just)?:?\s+"
    r"(?:[\"'\u201c`](?P<quoted>[^\"'\u201d`\n]{2,80})[\"'\u201d`]|"
    r"(?-i:(?P<loud>[A-Z]{2,}(?:[ _][A-Z]{2,})*))\b)",
    re.I,
)
_KEYS = re.compile(
    r"\b(?:keys?|fields?|properties|property|attributes?)\b(?P<rest>[^\n]{0,200})", re.I
)
_IDENTIFIER = re.compile(r"[`\"'](?P<key>[A-Za-z_]\w*)[`\"']")
_CITES = re.compile(
    r"\bcit(?:e|es|ing|ation|ations)\b"
    r"|\b(?:numbers?|marks?) of (?:each|the|every|all) (?:\w+ )?(?:passages?|sources?|documents?)\b"
    r"[^.\n]{0,80}\bbrackets\b|\[\d\]\s?\[\d\]"
)
_COUNT = re.compile(
    r"\b(?P<count>\d+|one|two|three|four|five|six|seven|eight|nine|ten)\s+(?:\w+[ -]){0,3}?"
    r"(?:paraphrases|questions|versions|queries|variants|variations|rewordings|sub-?questions|"
    r"sentences|keywords|statements|steps|ways|wordings|alternatives|words)\b",
    re.I,
)


@dataclass(frozen=True, slots=True)
class Form:
    """What a reply should look like.

    Attributes:
        shape: The JSON that is asked for: nested keys with example values; None for plain text.
        fields: Labels of lines such as `Answer: ...`, in order.
        reasons: Whether reasoning is to come before the outcome.
        listing: How the members of a list are to be set apart.
        count: How many members.
        cites: Whether passages are to be named as `[n]`.
        bare_marks: Whether passages are to be named as `n` in an order, not as `[n]`.
        doubled: Whether a number is to stand in double brackets.
        scale: Lowest and highest score.
        labels: The words for yes and for no.
        abstention: What to say when there is no answer.
    """

    shape: Any = None
    fields: tuple[str, ...] = ()
    reasons: bool = False
    listing: Listing | None = None
    count: int | None = None
    cites: bool = False
    bare_marks: bool = False
    doubled: bool = False
    scale: tuple[float, float] | None = None
    labels: tuple[str, str] | None = None
    abstention: str = "I don't know"


def form_of(instructions: str) -> Form:
    """Read the form from a prompt's instructions."""
    lowered = instructions.lower()
    return Form(
        shape=_shape(instructions),
        fields=_fields(instructions),
        reasons=bool(
            re.search(
                r"step by step|reason(?:ing)? first|first (?:reason|think|explain)|"
                r"\b(?:say|explain|tell) in (?:a|one|two|three) (?:\w+ )?sentences?\b.{0,120}"
                r"\bthen\b|"
                r"(?:think|explain|reason)\b.{0,80}\b(?:before|then|end with)",
                lowered,
                re.S,
            )
        ),
        listing=_listing(lowered),
        count=_count(lowered),
        cites=bool(_CITES.search(lowered)),
        bare_marks=bool(re.search(r"\d\s*>\s*\d", instructions))
        or ("[" not in instructions and bool(re.search(r"\bnumbers?\b", lowered))),
        doubled="[[" in instructions,
        scale=_scale(instructions),
        labels=_labels(instructions),
        abstention=abstention_of(instructions),
    )


def abstention_of(instructions: str) -> str:
    """Return the phrase that is asked for when there is no answer."""
    for condition in _CONDITION.finditer(instructions):
        if phrase := _phrase_after(instructions, condition.end()):
            return phrase
        before = re.split(r"[.?!]\s|\n", instructions[: condition.start()])[-1]
        if told := _TOLD.search(before):  # Say "unknown" if ...
            return str(told["quoted"] or told["loud"]).strip(" .")
    return "I don't know"


def unconditional(instructions: str) -> str:
    """Return instructions without what is to be said when there is no answer."""
    parts = re.split(r"(?<=[.?!:;])[\"'\u201d]?\s+|\n+", instructions)
    return " ".join(part for part in parts if not _CONDITION.match(part.strip()))


def _phrase_after(instructions: str, place: int) -> str:
    """Return what is to be said, from behind the condition on which it is to be said."""
    after = instructions[place : place + 240]
    end = re.search(r"[.?!](?=\s+[A-Z])|\n\s*\n(?!\s*Answer:)", after)
    clause = after[: end.start() + 1] if end else after
    for pattern, text in ((_QUOTED, clause), (_LOUD, clause), (_AFTER_COLON, after)):
        for match in pattern.finditer(text):
            if match["phrase"].upper() not in ("JSON", "AND", "OR", "NOT", "ANSWER"):
                phrase = re.sub(r"^Answer:\s*", "", match["phrase"].strip())
                return phrase.strip(" .") or phrase
    return ""


def _shape(instructions: str) -> Any:
    if "json" not in instructions.lower() and not re.search(r"\{\s*\"\w+\"\s*:", instructions):
        return None
    for start in (m.start() for m in re.finditer(r"[{\[]\s*[\"{\[]", instructions)):
        snippet = _balanced(instructions, start)
        if snippet and (":" in snippet or snippet.startswith("[")):
            return _example(snippet)
    if match := _KEYS.search(instructions):
        named = _IDENTIFIER.findall(match["rest"])
        if not named:
            bare = re.split(r"[.;(]|\bwhere\b|\bwith\b", match["rest"].lstrip(": "))[0]
            named = [
                word
                for word in re.split(r",\s*(?:and\s+)?|\s+and\s+", bare.strip())
                if re.fullmatch(r"[A-Za-z_]\w*", word)
            ]
        if named:
            return dict.fromkeys(named, "")
    if re.search(
        r"\bJSON (?:list|array) of\b.{0,30}\b(?:numbers|integers|indices|ids|identifiers|scores)\b",
        instructions,
        re.I,
    ):
        return [0]
    if re.search(r"\bJSON (?:list|array)\b|\b(?:list|array)\b.{0,30}\bJSON\b", instructions, re.I):
        return [""]
    return {} if re.search(r"\bJSON\b", instructions) else None


def _balanced(text: str, start: int) -> str:
    depth = 0
    for place in range(start, min(len(text), start + 2000)):
        depth += text[place] in "{["
        depth -= text[place] in "}]"
        if depth == 0:
            return text[start : place + 1]
    return ""


def _example(snippet: str) -> Any:
    """Return an example as JSON; placeholders such as `<0-10>` or `true|false` become texts."""
    doubled = snippet.replace("{{", "{").replace("}}", "}")
    repaired = re.sub(
        r"(?<=[:\[,])\s*(?P<bare>(?![\s\"{\[\d-])[^,\]}\n]*[^,\]}\s])",
        lambda m: json.dumps(m["bare"].strip()),
        doubled.replace("...", "\u2026"),
    )
    repaired = re.sub(
        r"(\"[^\"]*\")\s*(?:\||/|or)\s*(?:\"[^\"]*\"\s*(?:\||/|or)?\s*)+", r"\1", repaired
    )
    repaired = re.sub(r",\s*(?:\"\u2026\"|\u2026)\s*(?=[\]}])", "", repaired)
    try:
        return json.loads(repaired)
    except ValueError:
        return dict.fromkeys(re.findall(r"\"(\w+)\"\s*:", snippet), "")


def _fields(instructions: str) -> tuple[str, ...]:
    labels = [m["label"].strip() for m in _FIELD_LINE.finditer(instructions)]
    if not labels:
        labels = [m["label"] for m in _FIELD_IN_LINE.finditer(instructions)]
    if not labels:
        labels = [m["label"].strip() for m in _FIELD_QUOTED.finditer(instructions)]
    return tuple(dict.fromkeys(labels))


def _listing(lowered: str) -> Listing | None:
    if re.search(r"\bjson (?:list|array)\b|\[\s*\"", lowered):
        return "json"
    if re.search(
        r"one (?:\w+ )?per line|(?:own|new|separate|single) line|a line each|line by line|"
        r"separated by (?:new ?lines?|line breaks)",
        lowered,
    ):
        return "lines"
    if re.search(
        r"\bnumbered\b|\bnumber (?:them|each|the)\b|^\s*1[.)] ?(?:<|\.\.\.|\u2026)", lowered, re.M
    ):
        return "numbered"
    if re.search(r"\bbullets?\b|\bbulleted\b", lowered):
        return "bullets"
    if re.search(r"\bcommas?\b|comma-separated", lowered):
        return "commas"
    return None


def _count(lowered: str) -> int | None:
    match = _COUNT.search(lowered)
    if match is None:
        return None
    return _COUNTS.get(match["count"]) or int(match["count"])


def _scale(instructions: str) -> tuple[float, float] | None:
    match = _SPAN_OF_NUMBERS.search(instructions) or _SCALE.search(instructions)
    if match and float(match["low"]) < float(match["high"]):
        low, high = match["low"], match["high"]
        return float(low), float(high)
    if match := _OUT_OF.search(instructions):
        return 0.0, float(match["high"])
    return None


def _labels(instructions: str) -> tuple[str, str] | None:
    """Return the pair of opposite words that stand nearest to each other, as they are written."""
    if _ZERO_ONE.search(instructions):
        return "1", "0"
    found: list[tuple[int, tuple[str, str]]] = []
    lowered = instructions.lower()
    for yes, no in _PAIRS:
        if yes not in lowered or no not in lowered:
            continue
        firsts = list(re.finditer(rf"(?<![\w-])(?<!not )(?<!not_){yes}\b", instructions, re.I))
        seconds = list(re.finditer(rf"\b{no}\b", instructions, re.I))
        gaps = [
            (max(a.start(), b.start()) - min(a.end(), b.end()), (a.group(), b.group()))
            for a in firsts
            for b in seconds
        ]
        near = [gap for gap in gaps if gap[0] <= (60 if (yes, no) != ("yes", "no") else 160)]
        # `no` is a common word: only with `yes` close by, or written as a reply.
        if near:
            found.append(min(near))
    return min(found)[1] if found else None


def single_fact(instructions: str) -> str:
    """Return the phrase that is asked for where a question needs no taking apart, or nothing."""
    condition = _SINGLE.search(instructions)
    return _phrase_after(instructions, condition.end()) if condition else ""


def approves(condition: str) -> bool:
    """Whether a condition is met by what has no fault."""
    return _APPROVES.search(condition) is not None


def approval_of(instructions: str) -> str:
    """Return the phrase that is asked for when there is nothing to find fault with, or nothing."""
    condition = _APPROVES.search(instructions)
    return _phrase_after(instructions, condition.end()) if condition else ""
