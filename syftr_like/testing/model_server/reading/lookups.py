"""What an agent's prompt tells of earlier tool calls: the calls, and what came of them.

Such a record stands in one message (`search["otters"]`, then what was found), or is told turn by
turn (`Observation from search["otters"]: ...`). It is taken out of the prompt before the rest is
read, since what tools return may look like anything.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from .parts import Part, items_of, role_of, speaks_to_reader
from .tools import call_in

_HEADER = re.compile(
    r"^\s*(?:[-*>]\s+|\d+[.)]\s+)?[*`]*"
    r"(?:(?:Observations?|Results?|Output|Returned|Found)(?:\s+\d+)?(?:\s+(?:from|of|for|by))?\s*:?\s*"
    r"|(?P<label>#?[A-Za-z]+\d+)\s*=\s*\[?)?"
    r"(?P<call>[A-Za-z_][\w.-]*\s*[\[(]\s*[\"'\u201c].*[\"'\u201d]\s*[\])])"
    r"\]?[*`]*\s*(?:(?:returned|gave|found)?\s*(?::|->|=>|\u2192))?\s*$",
    re.I,
)
_ITEM = re.compile(r"^\s*(?:\[\d+\]|\d+[.)])\s")
_LABELLED = re.compile(r"^(?P<label>[A-Z][\w' ,/-]{1,60}):(?:\s|$)")
_ANSWER = re.compile(
    r"^(?:The |It )?(?:answer|answered|result|reply|replied|said)\s*:\s*(?P<text>.+)$", re.I
)
_ASIDE = re.compile(r"^\([^)]*\)$")
_SHOWN = re.compile(r"^\(?(?:shown|see|as|same)\b[^)]*(?:above|before)[^)]*\)?$", re.I)
_DECLINED = re.compile(
    r"^\(?(?:it )?(?:could|can)(?: ?not| not|n't) be (?:answered|done|found)|^\(?unanswered|"
    r"^\(?no answer|^not answerable",
    re.I,
)
_NOTHING = re.compile(r"^(?:nothing|no\b|none\b|error\b|this could not be done)", re.I)


@dataclass(frozen=True, slots=True)
class Lookup:
    """A tool call that was made.

    Attributes:
        tool: The tool.
        query: What it was given.
        passages: What it found: mark and text; texts that were shown before are left out.
        answer: What it answered, or empty.
        label: What the call is called, such as `y1`, or empty.
    """

    tool: str
    query: str
    passages: tuple[tuple[str, str], ...] = ()
    answer: str = ""
    label: str = ""

    @property
    def result(self) -> str:
        """What came of it as text: passages one in a line, then the question with its answer."""
        lines = [f"[{mark}] {text}" for mark, text in self.passages]
        if self.answer:
            lines.append(f"[{self.query}] {self.statement}" if not lines else self.statement)
        return "\n".join(lines)

    @property
    def statement(self) -> str:
        """The query as a question, then its answer."""
        return f"{self.query.rstrip('?. ')}? {self.answer}" if self.answer else ""

    def parts(self) -> list[Part]:
        """Return what came of it as passages."""
        found = [Part("passage", mark, text, "found") for mark, text in self.passages]
        return [*found, Part("passage", "", self.statement, "answered")] if self.answer else found


def take_lookups(text: str) -> tuple[str, list[Lookup]]:
    """Return a text without its record of tool calls, and the record."""
    kept: list[str] = []
    records: list[tuple[re.Match[str], list[str]]] = []
    inside, blank = False, False
    for line in text.split("\n"):
        header = _HEADER.match(line)
        if header is not None and (inside or not _introduces_form(kept)):
            records.append((header, []))
            inside, blank = True, False
            continue
        if inside and blank and _ends(line):
            inside = False
            kept.append("")
        blank = not line.strip()
        if inside:
            records[-1][1].append(line)
        else:
            kept.append(line)
    found = [_lookup(header, lines) for header, lines in records]
    return "\n".join(kept), [lookup for lookup in found if lookup is not None]


def _introduces_form(before: list[str]) -> bool:
    """Whether the last line before says that what follows is an example of what to write."""
    said = next((line for line in reversed(before) if line.strip()), "")
    return bool(
        re.search(r"\b(?:example|e\.g\.|form|format|such as|write|reply|like)\b", said, re.I)
    )


def _ends(line: str) -> bool:
    """Whether a line after a blank one is no more of what a tool returned."""
    if not line.strip() or _ITEM.match(line):
        return False
    if _ASIDE.match(line.strip()):
        return True
    labelled = _LABELLED.match(line)
    if labelled is not None and len(labelled["label"].split()) <= 10:
        return True
    return role_of(line) is not None and speaks_to_reader(line)


def _lookup(header: re.Match[str], lines: list[str]) -> Lookup | None:
    call = call_in(header["call"])
    if call is None:
        return None
    answer, told = "", []
    for line in lines:
        if match := _ANSWER.match(line.strip()):
            answer = "" if _DECLINED.match(match["text"]) else match["text"].strip()
        else:
            told.append(line)
    text = "\n".join(told).strip()
    items = items_of(text) if _ITEM.match(text) else [("", text)]
    passages = tuple(
        (mark, item)
        for mark, item in items
        if item and not _SHOWN.match(item) and (mark or not _NOTHING.match(item))
    )
    return Lookup(call.tool, call.text, passages, answer, header["label"] or "")
