"""Choosing among candidate answers, and telling whether passages suffice or what they lack."""

from __future__ import annotations

import re
from dataclasses import replace

from ..findings import Finding
from ..mind import Mind
from ..reading.forms import approval_of
from ..reading.matching import overlap
from ..reading.prompt import Prompt
from .answering import answer
from .judging import support
from .rewriting import keywords
from .searching import next_step

_WANTS_MARK = re.compile(r"\b(?:letter|number|index)\b|\b[A-C] or [A-C]\b", re.I)


def best_answer(prompt: Prompt, mind: Mind) -> Finding:
    """Choose among candidate answers: what passages bear out, else what most of them say."""
    candidates = prompt.of("reply")
    passages = [part.text for part in prompt.passages]
    scored = []
    for candidate in candidates:
        agree = sum(overlap(candidate.text, other.text) for other in candidates)
        value = agree / len(candidates)
        if passages:
            value = 0.2 * value + 0.8 * support(f"{prompt.question} {candidate.text}", passages)
        scored.append((value, candidate))
    value, chosen = mind.best(scored)
    if _WANTS_MARK.search(prompt.instructions) or prompt.form.shape is not None:
        mark = chosen.mark or str(candidates.index(chosen) + 1)
        return Finding(choice=mark, number=min(1.0, value), reason=f"Most speaks for {mark}.")
    return Finding(text=chosen.text, number=min(1.0, value), reason="Most speaks for it.")


def suffices(prompt: Prompt, mind: Mind) -> Finding:
    """Say whether passages, taken together, hold what is asked."""
    found = answer(prompt, mind)
    held = mind.swaps(not found.abstained)
    told = "The passages hold the answer." if held else "The passages do not hold the answer."
    return Finding(number=found.number, verdict=held, reason=told, sources=found.sources)


def next_query(prompt: Prompt, mind: Mind) -> Finding:
    """Say what to search for next, or, in the prompt's words, that nothing is missing."""
    results = [part.text for part in prompt.passages]
    step = next_step(prompt.question, results, ["-"], prompt.form.abstention, mind)
    if step.finding is None:
        query = step.queries[0]
        return Finding(text=query, query=query, verdict=False, number=0.2, reason=step.thought)
    done = _done(prompt) or step.finding.text
    return replace(step.finding, text=done, verdict=True)


def next_plan_step(prompt: Prompt, mind: Mind) -> Finding:
    """Go on with a plan: answer if what was found suffices, else name the step that is next."""
    found = answer(prompt, mind)
    if not found.abstained:
        return found
    results = [part.text for part in prompt.passages]
    step = next_step(prompt.question, results, ["-"], prompt.form.abstention, mind)
    query = step.queries[0] if step.queries else keywords(prompt.question)
    text = f"Search for: {query}"
    return Finding(text=text, items=(Finding(text=text),), query=query, bare=True)


def _done(prompt: Prompt) -> str:
    """Return the word for "nothing is missing": `DONE`, or what the condition says."""
    asked = re.search(
        r"\b[Ii]f\b[^.\n]{0,80}\b(?:nothing|known|enough|sufficient|no further)\b[^.\n]{0,40}?"
        r"(?:reply|say|write|output|respond|answer)(?: with)?(?: exactly)?:?\s*[\"'`]?([A-Z]{2,})",
        prompt.instructions,
    )
    return asked[1] if asked else approval_of(prompt.instructions)
