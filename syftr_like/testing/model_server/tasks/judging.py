"""Judging replies and statements against references and passages, and mending replies."""

from __future__ import annotations

import re

from ..findings import Finding
from ..mind import Mind
from ..reading.forms import approval_of
from ..reading.matching import coverage, overlap
from ..reading.numbers import in_digits
from ..reading.prompt import Prompt
from ..reading.words import names, sentences, stems
from .answering import answer, best_sentence

_NEGATION = re.compile(r"\b(?:not|no|never|neither|cannot|none)\b|n't\b", re.I)
_DECLINES = re.compile(
    r"\b(?:not answerable|unanswerable|(?:do not|don't|cannot|can't) (?:know|answer|tell|say)|"
    r"no answer|declines? to answer|not (?:in|stated|given|mentioned)|unknown|insufficient)\b",
    re.I,
)
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_SET_ASIDE = re.compile(r"\b(?:not|neither)\b[^.:;]*?(?:\bbut\b|[.:;]\s+(?=\S))", re.I)
_BETWEEN_VARIANTS = re.compile(r"\s*[|\n]\s*|;\s+|\s+/\s+")


def against_reference(prompt: Prompt, mind: Mind) -> Finding:
    """Say whether a reply says the same as the reference, or one of several references."""
    reply = prompt.text("reply")
    references = [
        variant.strip()
        for part in prompt.of("reference")
        for variant in _BETWEEN_VARIANTS.split(part.text)
        if variant.strip()
    ]
    overlooks = mind.slips(1.0)
    value = max(
        (agreement(reply, reference, overlooks=overlooks) for reference in references), default=0.0
    )
    value = mind.blurred(value)
    same = mind.swaps(value >= 0.6) if abs(value - 0.6) < 0.3 else value >= 0.6
    says = "says the same as" if same else "does not say what is in"
    return Finding(number=value, verdict=same, reason=f"The reply {says} the reference.")


def agreement(reply: str, reference: str, *, overlooks: bool = False) -> float:
    """Return how far a reply says what a reference says, 0 to 1.

    Args:
        reply: The reply.
        reference: The reference.
        overlooks: Whether numbers and negations are overlooked.
    """
    if bool(_DECLINES.search(reply)) != bool(_DECLINES.search(reference)):
        return 0.0
    if _DECLINES.search(reply):
        return 1.0
    if not overlooks:
        reply, reference = in_digits(_affirmed(reply)), in_digits(reference)
    asked, held = set(stems(reference)), set(stems(reply))
    if not asked:
        return float(reference.strip().lower().rstrip(".") in reply.lower().split())
    value = 0.8 * len(asked & held) / len(asked) + 0.2 * overlap(reply, reference)
    if overlooks:
        return value
    wanted, said = set(_NUMBER.findall(reference)), set(_NUMBER.findall(reply))
    if wanted and not wanted <= said:
        return 0.2 * len(asked & held) / len(asked)
    return value if _denies(reply) == _denies(reference) else 0.3 * value


def _affirmed(text: str) -> str:
    """Return a text without what it sets aside before it says something: `not red but green`."""
    return _SET_ASIDE.sub(" ", text)


def supported(prompt: Prompt, mind: Mind) -> Finding:
    """Say whether passages bear a statement out, or each of several, or a whole reply."""
    texts = [part.text for part in prompt.of("statement")]
    if not texts:
        texts = sentences(prompt.text("reply"))
    passages = [part.text for part in prompt.passages]
    found = []
    for text in texts:
        value = mind.blurred(support(text, passages))
        yes = mind.swaps(value >= 0.6) if abs(value - 0.6) < 0.25 else value >= 0.6
        reason = "A passage says so." if yes else "No passage says so."
        found.append(Finding(text=text, number=value, verdict=yes, reason=reason))
    if len(prompt.of("statement")) > 1:
        share = sum(bool(item.verdict) for item in found) / len(found)
        return Finding(items=tuple(found), number=share, verdict=share == 1.0)
    if not found:
        return Finding(number=0.0, verdict=False, reason="There is no statement.")
    low = min(found, key=lambda item: item.number or 0.0)
    return Finding(number=low.number, verdict=low.verdict, reason=low.reason)


def support(statement: str, passages: list[str]) -> float:
    """Return how far passages bear out a statement, 0 to 1, by its best sentence or two."""
    needed = set(_NUMBER.findall(statement)) | {s for n in names(statement) for s in stems(n)}
    best = 0.0
    for passage in passages:
        told = sentences(passage)
        for one, two in zip(told, [*told[1:], ""], strict=True):
            window = f"{one} {two}"
            value = coverage(statement, window)
            held = set(_NUMBER.findall(passage)) | set(stems(passage))
            if needed - held:
                value *= 0.5
            if _denies(statement) != _denies(one) and value < 1.0:
                value *= 0.7
            best = max(best, value)
    return best


def rate_reply(prompt: Prompt, mind: Mind) -> Finding:
    """Say how good a reply is without a reference: to the point, and borne out by passages."""
    reply = prompt.text("reply") or "\n".join(part.text for part in prompt.of("trace"))
    passages = [part.text for part in prompt.passages]
    if not reply.strip() or _DECLINES.search(reply):
        value = 0.15
    elif passages:
        lent = f"{prompt.question} {reply}"
        value = 0.5 * support(reply, passages) + 0.5 * support(lent, passages)
    else:
        value = 0.4 + 0.5 * coverage(prompt.question, reply)
    value = mind.blurred(value)
    good = mind.swaps(value >= 0.5) if abs(value - 0.5) < 0.2 else value >= 0.5
    reason = "It answers the question." if good else "It does not answer the question as it stands."
    return Finding(number=value, verdict=good, reason=reason)


def criticise(prompt: Prompt, mind: Mind) -> Finding:
    """Say what is wrong with a reply, or that nothing is, in the words that the prompt asks for."""
    reply = prompt.text("reply")
    passages = [part.text for part in prompt.passages]
    found = best_sentence(prompt.question, prompt.passages, mind) if passages else None
    problems = []
    if _DECLINES.search(reply):
        if found is not None and found.covers >= 0.6:
            problems.append(f"It declines, although a passage says: {found.sentence}")
    elif passages and support(reply, passages) < 0.6:
        problems.append("The passages do not bear it out.")
        if found is not None and found.covers >= 0.5:
            problems.append(f"The passage that bears on the question says: {found.sentence}")
    elif (
        found is not None
        and found.covers >= 0.6
        and not set(stems(reply)) & set(stems(found.sentence))
    ):
        problems.append(f"It misses this: {found.sentence}")
    if mind.slips(0.4):
        problems = []
    if not problems:
        good = approval_of(prompt.instructions) or "Nothing is wrong with it."
        return Finding(text=good, verdict=True, number=0.9, reason=good)
    text = " ".join(problems)
    return Finding(
        text=text,
        items=tuple(Finding(text=p) for p in problems),
        verdict=False,
        number=0.2,
        reason=text,
        query=prompt.question,
    )


def revise(prompt: Prompt, mind: Mind) -> Finding:
    """Write a reply anew from the passages; where they say nothing better, keep it."""
    draft = prompt.text("reply")
    fresh = answer(prompt, mind)
    wrong = prompt.text("critique")
    if not fresh.abstained or not draft or _DECLINES.search(draft):
        return fresh
    if re.search(r"not bear it out|not supported|unsupported|no passage|wrong", wrong, re.I):
        return fresh
    return Finding(text=draft, number=0.5, reason="The draft stands.")


def _denies(text: str) -> bool:
    return bool(_NEGATION.search(text))
