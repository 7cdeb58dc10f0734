"""What judges reply: a verdict, a number of marks."""

from __future__ import annotations

import re

from syftr_like.errors import ComponentError

from ..reply_forms import without_thoughts

_VERDICT = re.compile(r"\bverdict\W*\s*(?P<word>[a-z]+)", re.IGNORECASE)


def verdict_of(reply: str, words: dict[str, float]) -> float:
    """Return what the last `Verdict: <word>` of a reply stands for.

    Args:
        reply: The reply.
        words: Each word that a verdict may be, lower case, with its score.

    Raises:
        ComponentError: There is no such line, or it holds another word.
    """
    found = [match["word"].lower() for match in _VERDICT.finditer(without_thoughts(reply))]
    wanted = " or ".join(f"'Verdict: {word}'" for word in words)
    if not found:
        raise ComponentError(f"it has no line {wanted}")
    if found[-1] not in words:
        raise ComponentError(f"the verdict is '{found[-1]}', and not {wanted}")
    return words[found[-1]]
