"""Reading which of several numbered answers a judge chose."""

from __future__ import annotations

import re

from ..reply_forms import UnreadableReplyError, without_thoughts

_NOUN = r"(?:answer|option|choice|candidate|response|number)"
_BEST = r"(?:best|better|most\s+accurate)(?:\s+supported)?"
_GOOD = rf"(?:{_BEST}|correct|right|chosen)"
_GAP = r"[\s:#(\[\"'-]*"
_NUMBER = r"(?P<number>\d+)(?![\w%]|[.,]\d|\s*(?:/|,|&|\band\b|\bor\b)\s*(?:answer\s*)?\d)"
# `2`, `Answer 2`, `Best: 2`, `The best answer is 2.`, on a line of its own.
_ALONE = re.compile(
    rf"(?P<label>(?:(?:my|the|final)\s+)*(?:(?:{_GOOD}|verdict|winner|{_NOUN})\b\s*)+(?:is\b)?)?"
    rf"{_GAP}(?:{_NOUN}\b)?{_GAP}{_NUMBER}[\s.!)\]\"']*",
    re.IGNORECASE,
)
# `Answer 2 is better than Answer 1`, `2 is the best`
_PRAISED = re.compile(
    rf"(?:\b{_NOUN}\b{_GAP}|\A\W*){_NUMBER}\W{{0,3}}\s*(?:is|seems|appears)\s+"
    r"(?:(?:the|clearly|much|far|slightly|definitely|overall|also|equally|just|as)\s+)*"
    rf"(?:{_BEST}|(?P<fine>correct|right))\b(?!\s+(?:written|worded|known))",
    re.IGNORECASE,
)
# `I choose 2`, `The best one is answer 2, because ...`
_CHOSEN = re.compile(
    rf"\b(?:i\s+(?:would\s+)?(?:choose|pick|select|prefer)|{_GOOD}(?:\s+(?:one|{_NOUN}))?"
    rf"(?:\s+is|\s*:)){_GAP}(?:{_NOUN}\b{_GAP})?{_NUMBER}",
    re.IGNORECASE,
)
_NAMED = re.compile(rf"\b{_NOUN}s?\b{_GAP}(\d+)\b", re.IGNORECASE)
_LEADING = re.compile(rf"{_GAP}(\d+)(?:[.):]|\s+[-\u2013\u2014])\s+\S.*", re.IGNORECASE)
_SENTENCE_END = re.compile(r"(?<=[.!?;])\s+|\n+")
_DENIED = re.compile(
    r"\b(?:not|no|neither|nor|never|none|cannot|both|equal\w*|if|unless|whether|or|doubt\w*)\b"
    r"|n['\u2019]t\b",
    re.IGNORECASE,
)
_FAULTED = re.compile(
    rf"{_DENIED.pattern}|\b(?:wrong|incorrect|worse|worst|unsupported|false|fails?|lacks?|less)\b",
    re.IGNORECASE,
)


def chosen_answer(reply: str, count: int) -> int:
    """Return the position, from 0, of the answer that a reply chooses by its number.

    The number stands alone on a line (`2`, `Best: 2`), or a sentence says that it is the best
    (`Answer 2 is better than Answer 1`), or it is the only one that is named, and without fault.

    Args:
        reply: The reply.
        count: How many answers there are, numbered from 1.

    Raises:
        UnreadableReplyError: It chooses none, or several.
    """
    text = re.sub(r"[*_`]", "", without_thoughts(reply)).strip()
    alone = [match for line in text.splitlines() if (match := _ALONE.fullmatch(line.strip()))]
    labelled = [match for match in alone if match["label"]]
    numbers = {match["number"] for match in labelled or alone} or _claimed(text)
    if not numbers and not _FAULTED.search(text):
        leading = _LEADING.fullmatch(text)  # of one line: `2. Georg Steller`
        numbers = {*_NAMED.findall(text), *(leading.groups() if leading else ())}
    options = [str(n) for n in range(1, count + 1)]
    if len(numbers) != 1 or not numbers <= {*options}:
        either = f"{', '.join(options[:-1])} or {options[-1]}"
        raise UnreadableReplyError(f"it names no single answer; reply with {either} alone")
    return int(numbers.pop()) - 1


def _claimed(text: str) -> set[str]:
    """Return the numbers of which a sentence says that they are chosen.

    That an answer is correct chooses it where no other one is named.
    """
    several = len(set(_NAMED.findall(text))) > 1
    found: set[str] = set()
    for sentence in _SENTENCE_END.split(text):
        praised = [m for m in _PRAISED.finditer(sentence) if not (several and m["fine"])]
        for match in (*praised, *_CHOSEN.finditer(sentence)):
            if not _DENIED.search(sentence[: match.end()]):
                found.add(match["number"])
    return found
