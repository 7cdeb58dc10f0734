"""Choosing among named options by their descriptions."""

from __future__ import annotations

import re
from dataclasses import dataclass

from ..findings import Finding
from ..mind import Mind
from ..reading.parts import items_of
from ..reading.prompt import Prompt
from ..reading.words import names, stems
from .decomposing import subquestions
from .judging import support

_NAMED = re.compile(
    r"^\s*(?:[-*\u2022]\s+)?[\"'`*]*(?P<name>[\w./ -]{1,40}?)[\"'`*]*\s*(?::|\s[-\u2013\u2014]\s|"
    r"\()\s*(?P<text>.*)$",
    re.S,
)
_ENUMERATED = re.compile(
    r"\b(?:one of|either|options are|choices are|choose from|among|between|categories|options|as)\b"
    r"(?: the following| these)?(?: \w+)?\s*:?\s*[\"'`\[]*"
    r"(?P<list>[\w-]+[\"'`]*(?:(?:\s*,\s*(?:or |and )?|\s+or\s+|\s+and\s+)[\"'`]*[\w-]+[\"'`]*)+)",
    re.I,
)
_HARD = re.compile(
    r"\b(?:complex|hard|difficult|several|multiple|multi|compar\w*|combin\w*|reason\w*|strong\w*|"
    r"capable|expensive|agent|steps?|decompos\w*|more than one)\b",
    re.I,
)
_EASY = re.compile(
    r"\b(?:simple|easy|short|single|direct|cheap\w*|fast\w*|small|one fact|quick\w*|basic)\b", re.I
)


@dataclass(frozen=True, slots=True)
class Option:
    """What may be chosen."""

    mark: str
    name: str
    description: str


def options_of(prompt: Prompt) -> list[Option]:
    """Return the options that a prompt offers: described ones, or bare names in a row."""
    found = []
    for part in prompt.of("option"):
        inner = items_of(part.text) if not part.mark and "\n" in part.text else []
        lines = [("", line) for line in part.text.split("\n") if line.strip()]
        for mark, text in inner or ([(part.mark, part.text)] if part.mark else lines):
            found.append(_option(mark, text))
    if len(found) == 1 and "," in found[0].name + found[0].description:
        text = f"{found[0].name} {found[0].description}"
        found = [Option("", name.strip(" .`'\""), "") for name in text.split(",")]
    if len(found) < 2 and (listed := _ENUMERATED.search(prompt.instructions)):
        texts = re.split(r"\s*,\s*(?:(?:or|and)\s+)?|\s+(?:or|and)\s+", listed["list"])
        found = [Option("", text.strip("\"'`[] "), "") for text in texts if text.strip("\"'`[] ")]
    return found


def route(prompt: Prompt, mind: Mind) -> Finding:
    """Choose the option that suits the question: shared words first, then how hard it is."""
    options = options_of(prompt)
    asked = set(stems(prompt.question))
    hard = difficulty(prompt.question)
    passages = [part.text for part in prompt.passages]
    scored = []
    for option in options:
        said = f"{option.name.replace('_', ' ')} {option.description}"
        shared = len(asked & set(stems(said))) / (len(asked) or 1)
        suits = hard * bool(_HARD.search(said)) + (1 - hard) * bool(_EASY.search(said))
        told = f"{prompt.question} {option.name} {option.description}"
        held = support(told, passages) if passages else 0.0
        scored.append((shared + 0.4 * suits + held + 0.05, option))
    _, chosen = mind.best(scored)
    wants_mark = re.search(
        r"\b(?:letter|number|index)\b(?! of (?:words|tokens))", prompt.instructions, re.I
    )
    name = chosen.mark if wants_mark and chosen.mark else chosen.name
    kind = "takes more than one step" if hard >= 0.5 else "is simple"
    return Finding(choice=name, number=0.5 + 0.5 * hard, reason=f"The question {kind}.")


def difficulty(question: str) -> float:
    """Return how hard a question looks, 0 to 1: its parts, its names, its length."""
    parts = len(subquestions(question))
    return min(
        1.0,
        0.5 * (parts > 1)
        + 0.2 * (len(set(names(question))) > 1)
        + 0.02 * max(0, len(question.split()) - 8),
    )


def _option(mark: str, text: str) -> Option:
    match = _NAMED.match(text)
    if match is None:
        return Option(mark, text.strip(" .`'\""), "")
    name = match["name"].strip()
    if re.fullmatch(r"[A-Z]|\d+", name) and not mark:
        return Option(name, match["text"].strip(), match["text"])
    return Option(mark, name, match["text"].strip(" )"))
