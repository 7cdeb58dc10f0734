"""Reading which of several a model chose, and how likely it holds something to be."""

from __future__ import annotations

import re
from collections.abc import Sequence

from ..reply_forms import UnreadableReplyError, without_thoughts

_DECORATION = " \t\r\n*_`#>\"'“”[](){}.:"
_LABEL = re.compile(
    r"(?:the\s+)?(?:(?:final\s+)?answer|choice|branch|number|option|probability|likelihood"
    r"|confidence|score)(?:\s+is\b)?[\s*_`:=#-]*",
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d+)[\s.:)\]*-]+(.*)", re.DOTALL)
_PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*(%|percent|/\s*100|out of 100)?", re.IGNORECASE)


def chosen_name(reply: str, names: Sequence[str]) -> str:
    """Return the one of the names that a reply chooses, by its number from 1 or by its name.

    What may stand around it: thoughts, quotes and marks, a label such as `Choice:`, and the name
    behind the number. A name that is itself a number is known by its name first.

    Raises:
        UnreadableReplyError: It chooses none, or says something else as well.
    """
    said = _last_words(reply)
    by_name = {name.strip(_DECORATION).casefold(): name for name in names}
    if said.casefold() in by_name:
        return by_name[said.casefold()]
    numbered = _NUMBERED.fullmatch(said)
    number = numbered[1] if numbered else said
    if number.isascii() and number.isdigit() and 1 <= int(number) <= len(names):
        name = names[int(number) - 1]
        behind = numbered[2].strip(_DECORATION).casefold() if numbered else ""
        # The list shows `name: description`, which some models repeat.
        if not behind or behind.split(":")[0].strip(_DECORATION) == name.casefold():
            return name
    raise UnreadableReplyError(
        f"'{_shortened(reply)}' is not one of the numbers 1 to {len(names)} alone"
    )


def likelihood(reply: str) -> float:
    """Return the probability that a reply states: a whole number or percentage from 0 to 100.

    A number below 1 that has decimals, such as `0.85`, is a probability as it stands.

    Raises:
        UnreadableReplyError: It states none, several, or one out of range.
    """
    said = _last_words(reply)
    match = _PERCENT.fullmatch(said)
    if match:
        number = float(match[1])
        if not match[2] and "." in match[1] and number <= 1:
            return number
        if number <= 100:
            return number / 100
    raise UnreadableReplyError(f"'{_shortened(reply)}' is not a number from 0 to 100 alone")


def _last_words(reply: str) -> str:
    """Return the reply without thoughts, decoration and a label."""
    text = without_thoughts(reply).strip(_DECORATION)
    label = _LABEL.match(text)
    return text[label.end() :].strip(_DECORATION) if label else text


def _shortened(reply: str) -> str:
    text = " ".join(reply.split())
    return text if len(text) <= 80 else f"{text[:77]}..."
