"""The forms of a reply that a prompt shows by lines to fill in, and when each of them is meant.

`Action: tool["text"]`, `Verdict: fine`, `1. name: what to look up`, `y1 = [search("...")]`: such
lines stand below a sentence that says when to write them, or in quotation marks within it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from .parts import role_of
from .tools import ToolCall, call_in

Meaning = Literal["look_up", "conclude", "judge", "numbered", "variables", "other"]

_FIELD = re.compile(
    r"^\s*(?:[-*>]\s+)?[`\"*]*(?P<label>[A-Z][A-Za-z]*(?: [A-Za-z]+){0,2})[`*]*\s*:[*]*\s*"
    r"(?P<value>\S.*?)[`]*\s*$"
)
_NUMBERED = re.compile(r"^\s*(?P<number>\d+)[.)]\s+(?P<value>\S.*?)\s*$")
_VARIABLE = re.compile(
    r"^\s*[`]?(?P<label>#?[A-Za-z]+?)(?P<number>\d+)\s*=\s*(?P<open>\[?)\s*"
    r"(?P<call>[A-Za-z_][\w.-]*\s*[\[(]\s*[\"'\u201c].*[\"'\u201d]\s*[\])])\s*\]?[`]?\s*$"
)
_QUOTED = re.compile(
    r"`(?P<tick>[A-Z][A-Za-z ]{1,24}:\s[^`\n]+)`"
    r"|[\u201c](?P<curly>[A-Z][A-Za-z ]{1,24}:\s[^\u201d\n]+)\u201d"
    r"|(?<!\w)'(?P<single>[A-Z][A-Za-z ]{1,24}:\s[^'\n]+)'(?!\w)"
)
_HEAD = re.compile(
    r"^[<{\[]?(?:the )?(?:name|tool|expert|helper|function|source|who|which)\b[^:|\n]{0,40}?[>}\]]?"
    r"\s*(?P<between>:|\||->|-)\s*(?P<text>\S.*)$",
    re.I,
)
_DIRECTS = re.compile(
    r"\b(?:reply|respond|write|output|return|use|give|say|finish|end|form|format|lines?|list|"
    r"otherwise|either|or|example|if|when|once|put|begin)\b",
    re.I,
)
_NAMES_MATERIAL = re.compile(r"^\W*(?:what|who|which|where|these|here)\b", re.I)
_SAYS_FORM = re.compile(r"\b(?:reply|respond|write|form|format|lines?|output)\b", re.I)
_TO_FILL = re.compile(r"^[a-z<{\[(\"'\u201c.\u2026]")
_DECLINES = re.compile(
    r"\b(?:cannot|can't|not|no|none|unknown|nothing|unanswerable|impossible)\b", re.I
)
_THOUGHT = {"thought", "thoughts", "reason", "reasoning", "think", "why"}
_LOOK_UP = {
    "action", "act", "search", "query", "missing", "lookup", "look", "next", "call", "tool",
    "use", "need", "needed", "find", "request", "seek",
}  # fmt: skip
_CONCLUDE = {"answer", "final", "result", "conclusion", "finish"}
_ENOUGH = {"enough", "sufficient", "done", "complete", "known", "stop", "ready", "found"}


@dataclass(frozen=True, slots=True)
class ShownLine:
    """A line to fill in.

    Attributes:
        label: The word before the colon, the variable, or empty for a numbered line.
        value: What stands behind it.
        call: The value, where it is a tool call.
        number: The number of a numbered line or a variable.
        between: What stands between the name of a tool and the text, where a line wants both.
        bracketed: Whether the call stands in brackets of its own.
    """

    label: str
    value: str
    call: ToolCall | None = None
    number: int | None = None
    between: str = ""
    bracketed: bool = False

    def is_about(self, words: set[str]) -> bool:
        """Whether its label is one of some words, or begins or ends with one."""
        parts = self.label.lower().split()
        return bool(parts) and bool({parts[0], parts[-1]} & words)

    @property
    def literal(self) -> str:
        """The value where it is one word to be written as it stands."""
        word = self.value.strip("\"'`*. ")
        return word if re.fullmatch(r"[\w-]+", word) else ""


@dataclass(frozen=True, slots=True)
class Shown:
    """One form: its lines, and the sentence that says when it is meant."""

    told: str
    lines: tuple[ShownLine, ...]

    @property
    def meaning(self) -> Meaning:
        """What a reply in this form says."""
        own = [line for line in self.lines if not line.is_about(_THOUGHT)]
        if any(line.number is not None for line in own):
            return "variables" if own[0].label else "numbered"
        if not own:
            return "other"
        first = own[0]
        if first.is_about(_CONCLUDE) or first.is_about(_ENOUGH):
            return "conclude"
        if first.call is not None or first.is_about(_LOOK_UP):
            return "look_up"
        return "judge" if first.literal else "other"


def shown_in(text: str) -> tuple[str, list[Shown]]:
    """Return a prompt without the lines that it shows, and the forms that they make."""
    kept: list[str] = []
    forms: list[Shown] = []
    told = ""
    block: list[tuple[str, ShownLine]] = []

    def close() -> None:
        nonlocal block
        lines = tuple(line for _, line in block)
        if lines and _says_nothing(told, lines):
            kept.extend(raw for raw, _ in block)
        elif lines:
            forms.append(Shown(told, lines))
        block = []

    for raw in text.split("\n"):
        if not raw.strip():
            close()
            kept.append(raw)
            continue
        line = _line(raw) if block or _introduces(told) else None
        if line is not None and not (not block and _is_material(line)):
            block.append((raw, line))
            continue
        close()
        told = raw
        kept.append(raw)
        forms += _quoted(raw)
    close()
    return "\n".join(kept), forms


def asks_to_follow(forms: Sequence[Shown], *, judges: bool) -> bool:
    """Whether the forms are ones among which a reply has to choose by what is known so far.

    Args:
        forms: See `shown_in`.
        judges: Whether there is something to pass a verdict on.
    """
    meanings = [form.meaning for form in forms]
    if "variables" in meanings:
        return True
    numbered = [form for form in forms if form.meaning == "numbered"]
    if any(line.between or line.call for form in numbered for line in form.lines):
        return True
    if "conclude" in meanings and ("look_up" in meanings or numbered):
        return True
    if any(line.call for form in forms if form.meaning == "look_up" for line in form.lines):
        return True
    return judges and len(verdicts(forms)) > 1


def verdicts(forms: Sequence[Shown]) -> dict[str, Shown]:
    """Return the forms that state a verdict by one word behind the same label, by that word."""
    found: dict[str, Shown] = {}
    labels = set()
    for form in forms:
        if form.meaning == "judge":
            labels.add(form.lines[0].label.lower())
            found[form.lines[0].literal] = form
    return found if len(labels) == 1 else {}


def fields_in(forms: Sequence[Shown]) -> tuple[str, ...]:
    """Return the labels of the lines of a prompt's only form."""
    lines = forms[0].lines if len(forms) == 1 else ()
    if any(line.number is not None or line.call is not None for line in lines):
        return ()
    return tuple(dict.fromkeys(line.label for line in lines))


def _introduces(told: str) -> bool:
    said = told.strip()
    if not said.endswith((":", ",", " or", "either", "then")) or len(said.split()) < 2:
        return said.lower() in ("or", "or:", "either", "either:", "otherwise:")
    if _NAMES_MATERIAL.match(said) and not _SAYS_FORM.search(said):
        return False
    return _DIRECTS.search(said) is not None


def _line(raw: str) -> ShownLine | None:
    if match := _VARIABLE.match(raw):
        call = call_in(match["call"])
        number = int(match["number"])
        return ShownLine(match["label"], raw, call, number, bracketed=bool(match["open"]))
    if match := _NUMBERED.match(raw):
        if not _TO_FILL.match(match["value"]):
            return None
        head = _HEAD.match(match["value"])
        call = call_in(match["value"])
        between, value = (head["between"], head["text"]) if head else ("", match["value"])
        return ShownLine("", value, call, int(match["number"]), between)
    match = _FIELD.match(raw)
    return _field(match["label"], match["value"]) if match else None


def _field(label: str, value: str) -> ShownLine | None:
    line = ShownLine(label.strip(), value, call_in(value))
    return line if _TO_FILL.match(value) or line.call or line.literal else None


def _is_material(line: ShownLine) -> bool:
    return bool(line.label) and role_of(line.label) in (
        "question", "subquestion", "passage", "reference", "option", "example",
    )  # fmt: skip


def _says_nothing(told: str, lines: tuple[ShownLine, ...]) -> bool:
    """Whether lines are what to write when there is no answer; that is read elsewhere."""
    concludes = all(line.is_about(_CONCLUDE | _THOUGHT) for line in lines if line.number is None)
    return concludes and bool(_DECLINES.search(told)) and not _TO_FILL.match(lines[-1].value)


def _quoted(raw: str) -> list[Shown]:
    found = []
    for match in _QUOTED.finditer(raw):
        text = match["tick"] or match["curly"] or match["single"]
        label, _, value = text.partition(":")
        line = _field(label, value.strip())
        before = re.split(r"(?<=[.;])\s", raw[: match.start()])[-1]
        after = re.split(r"[.;]\s|`", raw[match.end() :])[0]
        said = (
            f"{before} {after}" if not re.search(r"\b(?:if|when|once)\b", before, re.I) else before
        )
        if line is not None and not _is_material(line) and not _says_nothing(said, (line,)):
            found.append(Shown(said.strip(), (line,)))
    return found
