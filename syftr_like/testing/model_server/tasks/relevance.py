"""Relevance: scoring, comparing, ordering and shortening passages, and telling what they say."""

from __future__ import annotations

import re

from ..findings import Finding
from ..mind import Mind
from ..reading.matching import coverage, fits, overlap, relevance
from ..reading.parts import Part
from ..reading.prompt import Prompt
from ..reading.words import names, sentences
from .rewriting import keywords


def score(prompt: Prompt, mind: Mind) -> Finding:
    """Say how relevant a passage is to the question, or each of several."""
    found = [_scored(prompt, part, mind) for part in prompt.passages]
    if len(found) == 1:
        return found[0]
    best = max(found, key=lambda finding: finding.number or 0.0)
    return Finding(items=tuple(found), number=best.number, verdict=best.verdict)


def compare(prompt: Prompt, mind: Mind) -> Finding:
    """Say which of two passages is the more relevant, by its mark."""
    first, second = prompt.passages[:2]
    gap = _judged(prompt, first, mind) - _judged(prompt, second, mind)
    better = first if gap >= 0 else second
    if abs(gap) < 0.2 and mind.slips(0.5):
        better = first  # the usual bias for what comes first
    reason = f"Passage {better.mark} holds more of what is asked."
    return Finding(choice=better.mark, verdict=better is first, reason=reason)


def rank(prompt: Prompt, mind: Mind) -> Finding:
    """Order passages by relevance; with less skill, some are left out or out of order."""
    passages = prompt.passages
    judged = [(_judged(prompt, part, mind), -place) for place, part in enumerate(passages)]
    order = [passages[-place].mark for _, place in sorted(judged, reverse=True)]
    if mind.slips(0.3) and len(order) > 2:
        order[0], order[1] = order[1], order[0]
    if mind.slips(0.15) and len(order) > 3:
        order.pop()
    return Finding(order=tuple(order), reason="Ordered by how much of the question each holds.")


def extract(prompt: Prompt, mind: Mind) -> Finding:
    """Copy the sentences that bear on the question, in their order."""
    found = fits(prompt.question, [part.text for part in prompt.passages])
    best = max((fit.own for fit in found), default=0.0)
    bar = max(0.34, (0.6 if mind.slips(0.5) else 0.75) * best)
    kept = [fit for fit in found if fit.own >= bar]
    if not kept:
        return Finding(
            text=prompt.form.abstention if "know" not in prompt.form.abstention else "NONE",
            abstained=True,
            number=0.0,
            verdict=False,
        )
    if prompt.form.count:
        kept = sorted(kept, key=lambda fit: -fit.own)[: prompt.form.count]
        kept.sort(key=found.index)
    passages = prompt.passages
    items = tuple(Finding(text=fit.sentence, sources=(passages[fit.source].mark,)) for fit in kept)
    marks = tuple(dict.fromkeys(mark for item in items for mark in item.sources))
    if prompt.form.listing or prompt.form.shape is not None:
        return Finding(text=" ".join(i.text for i in items), items=items, sources=marks)
    return Finding(text=" ".join(item.text for item in items), sources=marks)


def summarise(prompt: Prompt, mind: Mind) -> Finding:
    """Say in short what a passage is about: a title, a header, or its main sentence."""
    told = [s for part in prompt.passages for s in sentences(part.text)]
    if not told:
        return Finding(text=prompt.form.abstention, abstained=True)
    whole = " ".join(told)
    if re.search(r"\btitle\b|\bheader\b|\bheading\b", prompt.instructions, re.I):
        about = list(dict.fromkeys(names(whole)))[:3]
        return Finding(text=", ".join(about) or keywords(told[0]))
    wanted = prompt.form.count if prompt.form.count and prompt.form.count < len(told) else 1
    scored = [
        (coverage(prompt.question, s) if prompt.question else overlap(s, whole), -place)
        for place, s in enumerate(told)
    ]
    places = sorted(-place for _, place in sorted(scored, reverse=True)[:wanted])
    if mind.slips(0.4):
        places = list(range(wanted))
    return Finding(text=" ".join(told[place] for place in places))


def _scored(prompt: Prompt, part: Part, mind: Mind) -> Finding:
    value = _judged(prompt, part, mind)
    yes = mind.swaps(value >= 0.5) if abs(value - 0.5) < 0.25 else value >= 0.5
    held = f"It holds {round(100 * value)} % of what is asked."
    return Finding(number=value, verdict=yes, reason=held, sources=(part.mark,))


def _judged(prompt: Prompt, part: Part, mind: Mind) -> float:
    value = relevance(prompt.question, part.text)
    known = prompt.text("reference") or prompt.text("reply")
    if known:  # whether the passage helped to arrive at a given answer
        value = max(value, 0.5 * value + 0.5 * coverage(known, part.text))
    return mind.blurred(value)
