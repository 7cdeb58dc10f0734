"""Numbers of passages in a reply, such as `[2]`, `[2][5]` or `[2, 5]`."""

from __future__ import annotations

import re

from ..reply_forms import without_thoughts

_NUMBERS = r"\[\s*(?:passages?\s+)?\d{1,4}(?:\s*(?:,|;|and|&)\s*\d{1,4})*\s*\]"
_CITATIONS = re.compile(
    rf"[ \t]*\(?(?:\b(?:sources?|passages?):\s*)?{_NUMBERS}(?:[ \t,;]*{_NUMBERS})*\)?",
    re.IGNORECASE,
)


def cited(reply: str) -> tuple[str, list[int]]:
    """Return a reply without its citations, and the numbers cited, each once, in order."""
    text = without_thoughts(reply)
    groups = [match[0] for match in _CITATIONS.finditer(text)]
    numbers = [int(number) for group in groups for number in re.findall(r"\d+", group)]
    without = _CITATIONS.sub("", text)
    lines = (line.rstrip() for line in without.splitlines())
    return "\n".join(lines).strip(), list(dict.fromkeys(numbers))
