"""The tools that a prompt lists, and calls of them as text: `search["otters"]`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from .words import stems

_NAME = r"[A-Za-z_][\w.-]*"
_SIGNATURE = r"(?:\[[^\]\n]*\]|\([^)\n]*\))"
_LISTED = re.compile(
    rf"^\s*(?:[-*\u2022]\s+|\(?\d+[.)]\s+)?[`*\"]*(?P<name>{_NAME})[`*\"]*"
    rf"(?P<call>{_SIGNATURE})?[`*]*(?P<after>\s*(?::|[-\u2013\u2014]|,|=|\s)\s*)(?P<text>\S.*)$"
)
_HEAD = re.compile(
    r"\b(?:tools?|functions?|used?|available|sources|experts|helpers|actions?)\b[^.\n]*:\s*$", re.I
)
_CALL = re.compile(
    rf"(?P<tool>{_NAME}|<[\w ]+>|\{{[\w ]+\}})\s*(?P<open>[\[(])\s*(?P<quote>[\"'\u201c]?)"
    r"(?P<text>.*?)[\"'\u201d]?\s*[\])]"
)
_ANSWERS = re.compile(r"\banswer(?:s|ed|ing)?\b|\bexperts?\b|\basks?\b", re.I)
_ENDS = re.compile(r"finish|final|submit|done|answer", re.I)


@dataclass(frozen=True, slots=True)
class ToolCall:
    """How a call is written, or a call.

    Attributes:
        tool: The tool's name.
        text: What stands between the brackets, without quotation marks.
        opening: `[` or `(`.
        quote: The quotation mark, or nothing.
    """

    tool: str
    text: str
    opening: str = "["
    quote: str = '"'

    def written(self) -> str:
        """Return the call as text."""
        closing = {"[": "]", "(": ")"}[self.opening]
        end = {"\u201c": "\u201d"}.get(self.quote, self.quote)
        text = self.text.replace(self.quote, "") if self.quote else self.text
        return f"{self.tool}{self.opening}{self.quote}{text}{end}{closing}"


def call_in(text: str) -> ToolCall | None:
    """Return the call that a text is, None where it is none."""
    match = _CALL.fullmatch(text.strip().strip("`").rstrip("."))
    if match is None:
        return None
    return ToolCall(match["tool"], match["text"], match["open"], match["quote"])


def tools_in(text: str) -> dict[str, str]:
    """Return the tools that a text lists under a line such as `The tools:`, with what they do."""
    found: dict[str, str] = {}
    lists = False
    for line in text.split("\n"):
        if _HEAD.search(line):
            lists = True
            continue
        match = _LISTED.match(line) if lists else None
        if match is not None and (match["call"] or match["after"].strip()):
            found[match["name"]] = match["text"]
        elif line.strip() or found:
            lists = False
    return {name: told for name, told in found.items() if not _ENDS.fullmatch(name)}


def tool_for(
    query: str, tools: Mapping[str, str], made: Sequence[str] = (), *, asks: bool = False
) -> str:
    """Return the tool that suits a query; `search` where none is listed.

    Words that its description shares with the query speak for one; among equals, one that searches
    is taken, or one that answers where a whole question is asked; the same query goes to each once.

    Args:
        query: What is looked up.
        tools: See `tools_in`.
        made: Tools that were given this query before.
        asks: Whether the query is a question that can be answered by itself.
    """
    if not tools:
        return "search"
    asked = set(stems(query))

    def suits(name: str) -> tuple[bool, int, bool]:
        about = f"{name.replace('_', ' ')} {tools[name]}"
        return (
            name not in made,
            len(asked & set(stems(about))),
            bool(_ANSWERS.search(about)) == asks,
        )

    return max(tools, key=suits)
