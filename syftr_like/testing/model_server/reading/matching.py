"""How well sentences fit a question: shared words, weighted by how rare they are."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from .words import names, sentences, stems

_ABOUT_QUESTION = frozenset(
    {
        "mani",
        "much",
        "long",
        "kind",
        "type",
        "sort",
        "often",
        "far",
        "happen",
        "answer",
        "question",
        "colour",
        "color",
    }
)


@dataclass(frozen=True, slots=True)
class Fit:
    """A sentence beside a question.

    Attributes:
        sentence: The sentence.
        context: The same, with the question before it that it answers, if there is one.
        source: Place of its passage.
        own: Share of the question's weight that the sentence's own words carry, 0 to 1.
        score: The same, with part of what its passage carries added, for sentences that say "it".
        found: The question's stems that sentence and passage hold.
    """

    sentence: str
    context: str
    source: int
    own: float
    score: float
    found: frozenset[str]


def asked_stems(question: str) -> list[str]:
    """Return the stems of a question that a fitting sentence should hold, each once."""
    return list(dict.fromkeys(s for s in stems(question) if s not in _ABOUT_QUESTION))


def fits(question: str, passages: Sequence[str]) -> list[Fit]:
    """Return every sentence of the passages with how well it fits, in order."""
    asked = asked_stems(question)
    split, held = [], []
    for place, text in enumerate(passages):
        before = ""
        for sentence in sentences(text):
            # A question in a passage answers nothing, but says what its answer is about.
            if not sentence.endswith("?"):
                context = f"{before} {sentence}".strip()
                split.append((place, sentence, context))
                held.append(frozenset(stems(context)))
            before = sentence if sentence.endswith("?") else ""
    weights = {
        stem: math.log(1 + (len(split) + 1) / (0.5 + sum(stem in h for h in held)))
        for stem in asked
    }
    total = sum(weights.values()) or 1.0
    around = [frozenset(stems(text)) for text in passages]
    found = []
    for (place, sentence, context), stems_held in zip(split, held, strict=True):
        own = sum(weights[s] for s in asked if s in stems_held) / total
        near = sum(weights[s] for s in asked if s in around[place]) / total
        both = frozenset(s for s in asked if s in stems_held or s in around[place])
        found.append(Fit(sentence, context, place, own, 0.6 * own + 0.4 * near, both))
    return found


def coverage(question: str, text: str) -> float:
    """Return the share of a question's stems that a text holds, 0 to 1."""
    asked = asked_stems(question)
    held = set(stems(text))
    return sum(stem in held for stem in asked) / len(asked) if asked else 0.0


def relevance(question: str, text: str) -> float:
    """Return how relevant a passage is to a question, 0 to 1: its best sentence, and the whole."""
    own = [coverage(question, sentence) for sentence in sentences(text)]
    value = 0.6 * max(own, default=0.0) + 0.4 * coverage(question, text)
    asked_names = {s for name in names(question) for s in stems(name)}
    if asked_names and not asked_names & set(stems(text)):
        value *= 0.6
    return value


def overlap(first: str, second: str) -> float:
    """Return the F1 of the stems of two texts, 0 to 1; of all words where they have no stems."""
    a, b = set(stems(first)), set(stems(second))
    if not a or not b:
        a, b = set(first.lower().split()), set(second.lower().split())
    shared = len(a & b)
    return 2 * shared / (len(a) + len(b)) if shared else 0.0
