"""What a model asks to be done, and how it writes that in text."""

from __future__ import annotations

import re
from dataclasses import dataclass

from syftr_like.errors import ComponentError

from .labelled import Parts, first

# `search["otters"]`, `search("otters")`, `search: otters`
_FORM = re.compile(
    r"(?P<tool>[\w.-]+)\s*"
    r"(?:\[(?P<bracketed>.*)\]|\((?P<called>.*)\)|[:\uff1a](?P<after>.*))[\s.;`]*",
    re.DOTALL,
)
# The same with more behind it: `search["otters"] to find who described them`
_LEADING = re.compile(r"""(?P<tool>[\w.-]+)\s*[\[(]\s*(?P<text>"[^"\n]+"|'[^'\n]+')\s*[\])]""")
_KEYWORD = re.compile(r"""\w+\s*=\s*(?=["'\u201c])""")
_NOTHING = ("none", "nothing", "n/a", "no search", "-")
_QUOTES = {'"': '"', "'": "'", "\u201c": "\u201d"}


@dataclass(frozen=True, slots=True)
class Action:
    """A tool to be used with a text.

    Attributes:
        tool: Its name, as the model wrote it: there may be none of that name.
        text: What is looked up or asked.
        problem: Why it cannot be done, where that is known already.
    """

    tool: str
    text: str
    problem: str | None = None

    def __str__(self) -> str:
        return f'{self.tool}["{self.text}"]'


def read_action(written: str) -> Action | None:
    """Return the action that a text is, None where it is none."""
    text = written.strip().strip("`*").strip()
    match = _FORM.fullmatch(text)
    if match is None:
        leading = _LEADING.match(text)
        if leading is not None:
            return Action(leading["tool"], unquoted(leading["text"]))
        line, _, rest = text.partition("\n")
        return read_action(line) if rest.strip() else None
    inside = match["bracketed"] or match["called"] or match["after"] or ""
    return Action(match["tool"], unquoted(inside))


def actions_in(parts: Parts) -> list[Action]:
    """Return the actions among the parts of a reply.

    The form of LangChain's agents is read as well: `Action: search`, then `Action Input: otters`.

    Raises:
        ComponentError: One of them is in no known form.
    """
    found: list[Action] = []
    for n, (label, text) in enumerate(parts):
        if label != "action":
            continue
        following = parts[n + 1] if n + 1 < len(parts) else ("", "")
        if following[0] == "action input":
            action: Action | None = Action(text.strip("`* "), unquoted(following[1]))
        else:
            action = read_action(text)
        if action is None:
            raise ComponentError(f'the action {text!r:.80} is not in the form tool["text"]')
        found.append(action)
    return found


def wanted(parts: Parts, label: str) -> str | None:
    """Return the search that a part of a reply asks for, its first line.

    It is empty where the part says that there is nothing to search for, None where there is none.
    """
    lines = unquoted(first(parts, label)).splitlines()
    if not lines:
        return None
    line = unquoted(lines[0])
    return "" if line.lower().strip(" .") in _NOTHING else line


def unquoted(text: str) -> str:
    """Return a text without the quotation marks around it, and without `query=` before them."""
    text = _KEYWORD.sub("", text.strip(), count=1) if _KEYWORD.match(text.strip()) else text.strip()
    if len(text) > 1 and _QUOTES.get(text[0]) == text[-1]:
        return text[1:-1].strip()
    return text
