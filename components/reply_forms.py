"""Forms in which models are asked to reply, read: lines, one line, a number, a choice.

Strict about meaning, lenient about decoration. What is wrong is said in words for the model, which
is shown them.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from syftr_like.errors import ComponentError

NONE = "NONE"
"""What a model is asked to reply where there is nothing to say."""


class UnreadableReplyError(ComponentError):
    """A model replied, but not in the form asked for.

    For those who go on without what was asked: a model that does not reply is another error.
    """


# Reasoning models served locally put their thoughts into the reply; some chat templates open them
# in the prompt, so that only their end is in it, and a reply may end amid them.
_THOUGHTS = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_END_OF_THOUGHTS = re.compile(r"\A.*</think(?:ing)?>", re.DOTALL | re.IGNORECASE)
_FENCE = re.compile(r"^\s*(?:```|~~~).*$", re.MULTILINE)
_MARKER = re.compile(r"^(?:[-*+\u2022>]|\(?\d{1,3}[.):]|\(?[a-zA-Z]\))\s+")
_QUOTES = {'"': '"', "'": "'", "`": "`", "\u201c": "\u201d", "\u2018": "\u2019", "\u00ab": "\u00bb"}
_NUMBER = re.compile(r"-?\d+(?:[.,]\d+)?")
_SCALE = re.compile(r"(?<=\d)\s*(?:/|out of|of)\s*(\d+(?:\.0+)?)\b", re.IGNORECASE)
_LABELLED = re.compile(
    r"^\W*(?:final\s+)?(?:score|rating|marks?|relevance)[\s*_`]*(?:is|[:=])[\s*_`]*(.*)$",
    re.IGNORECASE | re.MULTILINE,
)


def without_thoughts(reply: str) -> str:
    """Return a reply without the thoughts of a reasoning model, stripped."""
    return _END_OF_THOUGHTS.sub("", _THOUGHTS.sub("", reply)).strip()


def lines_of(reply: str, wanted: str) -> list[str]:
    """Return the lines of a reply in order, each once, without list marks and quotation marks.

    A line that only introduces others is left out, and so are code fences. A JSON array of texts
    is read as well. A reply of `NONE` has no lines.

    Args:
        reply: The reply.
        wanted: What a line is to hold, in words for the model.

    Raises:
        ComponentError: Nothing is left.
    """
    text = _FENCE.sub("", without_thoughts(reply)).strip()
    if is_none(text):
        return []
    items = _json_texts(text)
    if items is None:
        items = [line for raw in text.splitlines() if (line := undecorated(raw))]
        if len(items) > 1 and items[0].endswith(":"):
            del items[0]
    seen: dict[str, str] = {}
    for item in items:
        seen.setdefault(item.casefold(), item)
    if not seen:
        raise ComponentError(f"it is empty; write {wanted}")
    return list(seen.values())


def some_lines(reply: str, wanted: str) -> list[str]:
    """Return the lines of a reply, at least one; see `lines_of`.

    Raises:
        ComponentError: There is none, or the reply is `NONE`.
    """
    lines = lines_of(reply, wanted)
    if not lines:
        raise ComponentError(f"it names none; write {wanted}")
    return lines


def one_line(reply: str, wanted: str) -> str:
    """Return the one line of a reply, without decoration.

    Raises:
        ComponentError: There is no line, or there are several.
    """
    lines = lines_of(reply, wanted)
    if len(lines) != 1:
        raise ComponentError(f"it has {len(lines)} lines; write {wanted} and nothing else")
    return lines[0]


def number_of(reply: str, low: float, high: float) -> float:
    """Return the one number of a reply, such as `7`, `**7/10**` or `Score: 7`.

    Raises:
        ComponentError: There is none, there are several, it is out of bounds, or on a scale that
            ends elsewhere, such as `4/5` where the highest is 10.
    """
    text = without_thoughts(reply)
    labelled = _LABELLED.findall(text)
    said = labelled[-1] if labelled else text
    for top in _SCALE.findall(said):
        if float(top) != high:
            raise ComponentError(
                f"its scale ends at {top}; reply with one number from {low:g} to {high:g}"
            )
    found = _NUMBER.findall(_SCALE.sub("", said))
    numbers = {float(number.replace(",", ".")) for number in found}
    if len(numbers) != 1:
        raise ComponentError(
            f"it has {len(numbers) or 'no'} numbers; reply with one number from {low:g} to {high:g}"
        )
    (number,) = numbers
    if not low <= number <= high:
        raise ComponentError(f"{number:g} is not a number from {low:g} to {high:g}")
    return number


def choice_of(reply: str, options: Sequence[str], noun: str) -> str:
    """Return the option that a reply names: alone, or after the noun, such as `Passage A`.

    Args:
        reply: The reply.
        options: Names of one word, such as letters or numbers.
        noun: What is chosen among, such as `passage`.

    Raises:
        ComponentError: It names none, or several.
    """
    text = without_thoughts(reply)
    by_name = {option.casefold(): option for option in options}
    alone = re.sub(r"^\W+|\W+$", "", text).casefold()
    if alone in by_name:
        return by_name[alone]
    after_noun = re.findall(rf"\b{noun}(?:\s+is)?\W{{0,4}}(\w+)", text, re.IGNORECASE)
    named = {by_name[word.casefold()] for word in after_noun if word.casefold() in by_name}
    if len(named) != 1:
        raise ComponentError(f"it names no single {noun}; reply with {_either(options)} alone")
    return named.pop()


def is_none(text: str) -> bool:
    """Whether a text is `NONE`, decorated or not."""
    return re.sub(r"[\W_]+", "", text).casefold() == NONE.casefold()


def undecorated(line: str) -> str:
    """Return a line without the mark of a list, emphasis around it, and quotation marks."""
    line = _MARKER.sub("", line.strip()).strip()
    while len(line) > 1:
        inner = line
        if line.startswith("**") and line.endswith("**") and len(line) > 4:
            inner = line[2:-2]
        elif _QUOTES.get(line[0]) == line[-1] and not _ends_inside(line):
            inner = line[1:-1]
        if inner == line:
            break
        line = inner.strip()
    return "" if re.fullmatch(r"[-*_=#\s]*", line) else line


def _ends_inside(line: str) -> bool:
    """Whether the first quotation ends before the line does: `"A" and "B"`."""
    return _QUOTES[line[0]] in line[1:-1]


def _json_texts(text: str) -> list[str] | None:
    if not text.startswith("["):
        return None
    try:
        items = json.loads(text)
    except ValueError:
        return None
    if not all(isinstance(item, str) for item in items):
        return None
    return [stripped for item in items if (stripped := " ".join(item.split()))]


def _either(options: Sequence[str]) -> str:
    return f"{', '.join(options[:-1])} or {options[-1]}" if len(options) > 1 else options[0]
