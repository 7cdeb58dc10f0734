"""Answering a question from passages, or declining to."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from ..findings import Finding
from ..mind import Mind
from ..reading.matching import Fit, asked_stems, coverage, fits
from ..reading.parts import Part
from ..reading.prompt import Prompt
from ..reading.spans import holds_kind, span
from ..reading.words import names, sentences, stems

_ASSIGNED = re.compile(r"^\s*(#E\d+|y\d+)\s*[=:]\s*(.+?)\s*$", re.M)
_ENOUGH = 0.5
"""The share of a question that a sentence must cover to be taken as its answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """The sentence that answers best.

    Attributes:
        text: The span that answers.
        sentence: Where it stands.
        sources: Marks of the passages that were used.
        covers: How much of the question they cover, 0 to 1.
        missing: Stems of the question that they do not hold.
    """

    text: str
    sentence: str
    sources: tuple[str, ...]
    covers: float
    missing: tuple[str, ...]


def answer(prompt: Prompt, mind: Mind) -> Finding:
    """Answer the prompt's question from its passages, or from whatever material it holds."""
    passages = [*_filled_in(prompt), *prompt.passages, *_found_out(prompt)]
    found = best_sentence(prompt.question, passages, mind)
    given = _ASSIGNED.findall(prompt.user)
    if given and (found is None or found.covers < _ENOUGH):
        name, value = given[-1]  # the last variable holds the answer
        return Finding(text=value, number=0.7, reason=f"{name} is {value}.")
    if found is None or is_unsure(found, mind):
        reason = "No passage holds the answer." if passages else "There is nothing to go by."
        return Finding(
            text=prompt.form.abstention, number=0.1, verdict=False, abstained=True, reason=reason
        )
    marks = " and ".join(f"[{mark}]" for mark in found.sources)
    reason = f"Passage {marks} bears on the question: {found.sentence}"
    return Finding(
        text=found.text,
        number=mind.blurred(min(1.0, found.covers)),
        reason=reason,
        sources=found.sources,
    )


def _filled_in(prompt: Prompt) -> list[Part]:
    """Return sentences with variables such as `y1` or `#E1`, their values put in."""
    values = dict(_ASSIGNED.findall(prompt.user))
    text = _ASSIGNED.sub("", prompt.user)
    found: list[Part] = []
    for sentence in sentences(text) if values else []:
        filled = re.sub(r"#E\d+|\by\d+", lambda m: values.get(m.group(), m.group()), sentence)
        if filled != sentence:
            found.append(Part("passage", f"0{len(found)}", filled.split(": ", 1)[-1]))
    return found


def _found_out(prompt: Prompt) -> list[Part]:
    """Return sub-questions with their answers, and where there are no passages, other material."""
    found: list[Part] = []
    asked = prompt.of("subquestion")
    kinds = ("subquestion", "reply", "trace") if asked else ("statement", "reply", "trace")
    if prompt.passages and not asked:
        return []
    for part in prompt.of(*kinds):
        mark = part.mark or str(len(found) + 1)
        if asked and part.role == "reply" and found:
            last = found.pop()
            found.append(Part(last.role, last.mark, f"{last.text} {part.text}"))
        else:
            found.append(Part(part.role, mark, part.text))
    return found


def is_unsure(found: Found, mind: Mind) -> bool:
    """Whether what was found is too little; with less skill, taken for enough all the same."""
    return found.covers < _ENOUGH and not mind.slips(2.0)


def best_sentence(question: str, passages: Sequence[Part], mind: Mind) -> Found | None:
    """Return the sentence that answers a question best, or None if nothing fits at all.

    Where one sentence covers too little, a second is looked for that names what the first names
    and holds what is missing, as questions over two documents need.
    """
    read = mind.reads(len(passages))
    candidates = fits(question, [passages[place].text for place in read])
    scored = [
        (fit.score * holds_kind(question, fit.sentence), fit) for fit in candidates if fit.own > 0
    ]
    if not scored:
        return None
    _, first = mind.best(scored)
    used, covers = [first], first.score
    held = set(first.found)
    if mind.skill > 0.6 and covers < 0.8 and (second := _second(question, first, candidates)):
        held |= second.found
        covers = max(covers, min(1.0, first.score + 0.9 * _gain(question, first, second)))
        used.append(second)
    answers = max(used, key=lambda fit: (holds_kind(question, fit.sentence), used.index(fit)))
    missing = tuple(stem for stem in asked_stems(question) if stem not in held)
    missed_names = [n for n in names(question) if not set(stems(n)) & held]
    if missed_names:
        covers *= 0.6
    covers *= min(1.0, holds_kind(question, answers.sentence))
    sources = tuple(dict.fromkeys(passages[read[fit.source]].mark for fit in used))
    # With less skill, the whole sentence is copied where a few words were asked for.
    text = answers.sentence if mind.slips(0.8) else span(question, answers.sentence)
    return Found(text, answers.sentence, sources, covers, missing)


def _second(question: str, first: Fit, candidates: Sequence[Fit]) -> Fit | None:
    """Return the sentence that goes on where the first ends."""
    bridges = [
        set(stems(name))
        for name in names(first.sentence)
        if not set(stems(name)) <= set(asked_stems(question))
    ]
    linked = [
        fit
        for fit in candidates
        if fit.context != first.context
        and (
            fit.context != fit.sentence  # the next sub-question
            or any(bridge <= set(stems(fit.context)) for bridge in bridges if bridge)
        )
        and _gain(question, first, fit) > 0.1
    ]
    return max(linked, key=lambda fit: _gain(question, first, fit), default=None)


def _gain(question: str, first: Fit, second: Fit) -> float:
    both = coverage(question, f"{first.context} {second.context}")
    return both - coverage(question, first.context)
