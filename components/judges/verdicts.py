"""What judges reply: a verdict, a number of marks."""

from __future__ import annotations

import re
from collections.abc import Mapping

from syftr_like.errors import ComponentError

from ..reply_forms import number_of, without_thoughts

# What parts the word from `verdict` tells a verdict (`**Verdict:** correct`) from talk of one
# (`this verdict stands`), which counts only where nothing else does.
_VERDICT = re.compile(
    r"(?<![a-z])verdict(?P<parted>[\s*_`\"']*(?:\bis\b|[:=\u2013\u2014-]))?[\W_]*"
    r"(?P<word>[a-z]+)(?P<or>[\s*_`\"']*(?:/|\||\bor\b)[\W_]*[a-z]+)?",
    re.IGNORECASE,
)
_ENDS = re.compile(r"^[\W_]+|[\W_]+$")


def verdict_of(reply: str, words: Mapping[str, float], *, alone: bool = False) -> float:
    """Return what the last `Verdict: <word>` of a reply stands for.

    Args:
        reply: The reply.
        words: Each word that a verdict may be, lower case, with its score.
        alone: Whether a reply of nothing but one of the words will do.

    Raises:
        ComponentError: There is no such line, or it holds another word, or several.
    """
    text = without_thoughts(reply)
    if alone and (word := _ENDS.sub("", text).lower()) in words:
        return words[word]
    found = list(_VERDICT.finditer(text))
    found = [match for match in found if match["parted"]] or found
    wanted = " or ".join(f"'Verdict: {word}'" for word in words)
    if not found:
        raise ComponentError(f"it has no line {wanted}")
    last = found[-1]
    if last["or"]:
        raise ComponentError(f"it leaves the verdict open; write either {wanted}")
    if (word := last["word"].lower()) not in words:
        raise ComponentError(f"the verdict is '{word}', and not {wanted}")
    return words[word]


def marks_of(reply: str, most: int) -> int:
    """Return the marks, from 1, of a reply such as `4`, `**4/5**` or `Marks: 4`.

    Raises:
        ComponentError: There is no one whole number from 1 to `most`.
    """
    marks = number_of(reply, 1, most)
    if marks != int(marks):
        raise ComponentError(f"{marks:g} is not a whole number from 1 to {most}")
    return int(marks)
