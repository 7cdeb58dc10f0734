"""Plans in the form that a prompt shows: numbered lines with tools, or calls with placeholders."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..mind import Mind
from ..reading.prompt import Prompt
from ..reading.shown import ShownLine
from ..reading.tools import ToolCall, tool_for
from .decomposing import subquestions
from .rewriting import keywords

_REFERENCE = re.compile(r"(?P<before>[#$]|\{|<|\[)1(?P<after>[}>\]]?)")
_THAT = re.compile(r"\b(?:that|this)\s+(?:[\w-]+)", re.I)
_ASKS = re.compile(r"\bsub-?\s?questions?\b|\b(?:simpler|smaller) questions\b", re.I)
_AT_MOST = re.compile(
    r"\b(?:at most|no more than|up to|maximum of)\s+(?P<a>\w+)"
    r"|\b(?P<b>\w+)(?: \w+)? at (?:the )?most\b",
    re.I,
)
_WRITTEN = ["one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]


def numbered(prompt: Prompt, lines: Sequence[ShownLine], first: str, mind: Mind) -> str:
    """Return a numbered plan.

    Args:
        prompt: What is asked.
        lines: The lines that it shows.
        first: What to look up now, where something was looked up already; else empty.
        mind: Who plans.
    """
    asks = bool(_ASKS.search(prompt.instructions))
    found = subquestions(prompt.question)
    if mind.slips(0.5):
        found = [prompt.question]
    found = _chained(found, lines) if asks else [keywords(part) for part in found]
    if first:
        made = {lookup.query.lower() for lookup in prompt.lookups}
        later = [part for part in found[1:] if part.lower() not in made and part != first]
        found = [first, *later]
    shown = lines[0]
    written = []
    for number, text in enumerate(_cut(found, prompt), start=1):
        made_with = [lookup.tool for lookup in prompt.lookups if lookup.query == text]
        tool = tool_for(text, prompt.tools, made_with, asks=asks)
        if shown.call is not None:
            text = ToolCall(tool, text, shown.call.opening, shown.call.quote).written()
        elif shown.between:
            space = "" if shown.between == ":" else " "
            text = f"{tool}{space}{shown.between} {text}"
        written.append(f"{number}. {text}")
    return "\n".join(written)


def with_variables(prompt: Prompt, lines: Sequence[ShownLine], mind: Mind) -> str:
    """Return calls of tools whose results have names, and what the answer is by those names.

    Chain of abstraction (Gao et al. 2024) and reasoning without observation (Xu et al. 2023).
    """
    found = subquestions(prompt.question)
    if mind.slips(0.5):
        found = [prompt.question]
    shown = next(line for line in lines if line.call is not None)
    call = shown.call
    assert call is not None
    written = []
    asked = _cut(found, prompt)
    for number, part in enumerate(asked, start=1):
        text = keywords(part)
        if number > 1 and (that := _THAT.search(part)):
            text = f"{keywords(part.replace(that.group(), ' '))} {shown.label}{number - 1}"
        tool = tool_for(text, prompt.tools) if prompt.tools else call.tool
        made = ToolCall(tool, text, call.opening, call.quote).written()
        made = f"[{made}]" if shown.bracketed else made
        written.append(f"{shown.label}{number} = {made}")
    names = " and ".join(f"{shown.label}{number}" for number in range(1, len(asked) + 1))
    return "\n".join([*written, f"The answer follows from {names}."])


def _chained(found: Sequence[str], lines: Sequence[ShownLine]) -> list[str]:
    """Return sub-questions that name the answer of the one before as the prompt shows it."""
    shown = next((m for line in lines[1:] if (m := _REFERENCE.search(line.value))), None)
    chained: list[str] = []
    for number, text in enumerate(found):
        that = _THAT.search(text)
        if number and shown is not None and that is not None:
            name = f"{shown['before']}{number}{shown['after']}"
            text = text.replace(that.group(), name)
        chained.append(text)
    return chained


def _cut(found: Sequence[str], prompt: Prompt) -> Sequence[str]:
    """Return as many as may be; where only one may be, the whole question."""
    for match in _AT_MOST.finditer(prompt.instructions):
        word = (match["a"] or match["b"] or "").lower()
        most = _WRITTEN.index(word) + 1 if word in _WRITTEN else int(word) if word.isdigit() else 0
        if most == 1 and len(found) > 1:
            return [prompt.question]
        if most:
            return found[:most]
    return found
