"""Reading replies whose parts are labelled, such as `Thought: ...` and `Answer: ...`."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import cache

from syftr_like.contracts import Answer
from syftr_like.errors import ComponentError

from ..prompts.replies import answer_of, final_answer_of
from ..reply_forms import without_thoughts

_LEAD_IN = re.compile(r"[^\n]{1,80}?[.!:]\s+(?=[*_]*(?:Final )?[A-Z][a-z]+[*_]*:)")

Parts = list[tuple[str, str]]


def parts_of(reply: str, *labels: str) -> Parts:
    """Return label and text of each labelled part of a reply, in their order.

    A part reaches to the next label. Decoration is no matter: `**Final Answer:** Paris`,
    `1. Action: ...`, `Action 2: ...`. What comes before the first label is left out.

    Args:
        reply: The reply.
        labels: Lower case.
    """
    text = without_thoughts(reply)
    pattern = _pattern(labels)
    found = list(pattern.finditer(text))
    lead_in = None if found else _LEAD_IN.match(text)
    if lead_in is not None:  # `Here it is. Answer: Paris`
        text = text[lead_in.end() :]
        found = list(pattern.finditer(text))
    starts = [match.start() for match in found]
    return [
        (match["label"].lower(), _undecorated(text[match.end() : end]))
        for match, end in zip(found, [*starts[1:], len(text)], strict=False)
    ]


def first(parts: Parts, label: str) -> str:
    """Return the text of the first part of a label, empty where there is none."""
    return next((text for name, text in parts if name == label and text), "")


def read_answer(reply: str) -> Answer:
    """Return what follows the last `Answer:` line of a reply, or else the whole reply.

    Raises:
        ComponentError: There is nothing.
    """
    try:
        return final_answer_of(reply)
    except ComponentError:
        return answer_of(reply)


@cache
def _pattern(labels: Sequence[str]) -> re.Pattern[str]:
    return re.compile(
        r"^[\s>*_#`-]*(?:\d+[.)]\s*)?[*_`]*(?:the\s+)?(?:final\s+)?"
        rf"(?P<label>{'|'.join(map(re.escape, labels))})"
        r"(?:\s+is|\s*\d+)?[\s*_`]*[:\uff1a][*_`]*",
        re.IGNORECASE | re.MULTILINE,
    )


def _undecorated(text: str) -> str:
    text = text.strip()
    return text.removesuffix("**").strip() if text.count("**") == 1 else text
