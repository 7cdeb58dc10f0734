"""Splitting: a question into sub-questions, an answer into statements, a task into steps."""

from __future__ import annotations

import re

from ..findings import Finding, listed
from ..mind import Mind
from ..reading.forms import single_fact
from ..reading.prompt import Prompt
from ..reading.words import names, sentences
from .rewriting import keywords

_ASKS_AGAIN = re.compile(
    r",?\s+and\s+(?=(?:also\s+)?(?:who|what|which|where|when|why|how|in which|in what|is|are|was|"
    r"were|did|does|do)\b)|\?\s+(?=\S)|;\s+",
    re.I,
)
_RELATIVE = re.compile(
    r"^(?P<head>.+?)\b(?:the|a|an)\s+(?P<noun>(?:[\w-]+\s+){0,2}?[\w-]+),?\s+"
    r"(?P<pronoun>that|which|who|whose|where|in which|for which|at which)\s+(?P<clause>.+?)\??$",
    re.I,
)
_CHAIN = re.compile(
    r"^(?P<head>.+?)\bthe\s+(?P<outer>[\w-]+(?:\s[\w-]+)?)\s+of\s+(?P<inner>the\s+[\w-]+(?:\s[\w-]+)?\s+"
    r"(?:of|in|for|at)\s+.+?)\??$",
    re.I,
)
_POSSESSIVE = re.compile(
    r"^(?P<head>.+?)\b(?P<owner>(?:[A-Z][\w.-]*\s?)+)['\u2019]s\s+(?P<thing>[\w-]+)"
    r"(?P<rest>\s+.*?|['\u2019]s\s+.*?)\??$"
)
_EITHER = re.compile(
    r"^(?P<head>.+?),\s*(?:the\s+)?(?P<a>[^,]+?)\s+or\s+(?:the\s+)?(?P<b>[^,?]+)\?$", re.I
)
_BOTH = re.compile(
    r"^(?P<aux>are|were|do|did|have|is)\s+(?P<a>.+?)\s+and\s+(?P<b>.+?)\s+(?P<rest>(?:both|"
    r"the same|from|located|members|born).*)\?$",
    re.I,
)


def decompose(prompt: Prompt, mind: Mind) -> Finding:
    """Split a question into the questions that must be answered first."""
    found = subquestions(prompt.question)
    if mind.slips(0.5):
        found = found[:1]
    if prompt.form.count:
        found = found[: max(prompt.form.count, 1)]
    if len(found) == 1 and (simple := single_fact(prompt.instructions)):
        return Finding(text=simple, query=keywords(found[0]))
    return Finding(text="\n".join(found), items=listed(found), query=keywords(found[0]))


def subquestions(question: str) -> list[str]:
    """Return the questions that a question is made of; itself alone if it is simple."""
    plain = question.strip()
    again = [part.strip(" ,?") for part in _ASKS_AGAIN.split(plain) if part.strip(" ,?")]
    if len(again) > 1:
        subject = (names(again[0]) or [""])[-1]
        return [_asked(_without_pronoun(part, subject)) for part in again]
    for split in (_either, _both, _relative, _chain, _possessive):
        if found := split(plain):
            return [_asked(part) for part in found]
    return [_asked(plain)]


def statements(prompt: Prompt, mind: Mind) -> Finding:
    """Split an answer into statements that can be checked one by one."""
    found: list[str] = []
    for sentence in sentences(prompt.text("reply") or prompt.text("passage")):
        subject = (names(sentence) or [""])[0]
        parts = re.split(r";\s+|,?\s+and\s+(?=(?:it|he|she|they|was|is|has|had)\b)", sentence)
        found += [_without_pronoun(part.strip().rstrip("."), subject) + "." for part in parts]
    if mind.slips(0.3) and len(found) > 1:
        found = found[:-1]
    return Finding(text="\n".join(found), items=listed(found))


def plan(prompt: Prompt, mind: Mind) -> Finding:
    """Write the steps that lead to an answer; with variables, where the prompt shows how.

    `#E1 = Search[...]` is the way of ReWOO (Xu et al. 2023), `[FUNC search("...") = y1]` that of
    chain-of-abstraction (Gao et al. 2024).
    """
    asked = subquestions(prompt.question)
    if mind.slips(0.4):
        asked = asked[:1]
    if shown := shows_variables(prompt):
        return _with_variables(asked, shown, prompt)
    steps = [f"Find out: {part}" for part in asked]
    if re.search(r"\bsearch", prompt.instructions, re.I):
        steps = [f"Search for: {keywords(part)}" for part in asked]
    steps.append(f"Answer from what was found: {prompt.question}")
    found = steps[: prompt.form.count] if prompt.form.count else steps
    listing = prompt.form.listing
    text = "\n".join(f"{n}. {step}" for n, step in enumerate(found, start=1))
    if listing is None and prompt.form.shape is None and not prompt.form.fields:
        return Finding(text=text, query=keywords(asked[0]))
    return Finding(text=text, items=listed(found), query=keywords(asked[0]))


_VARIABLE = re.compile(
    r"(?P<variable>#E|#|\$|y)1\s*=\s*(?P<tool>\w+)\s*(?P<open>[\[(])[\"']?"
    r"|\[\s*(?:FUNC\s+)?(?P<func>\w+)\s*\([^)\n]*\)\s*=\s*(?P<result>\w*?)1\s*\]"
)


def shows_variables(prompt: Prompt) -> re.Match[str] | None:
    """Return where a prompt shows how a step is given a name, if it does."""
    return _VARIABLE.search(f"{prompt.instructions}\n{prompt.user}")


def _with_variables(asked: list[str], shown: re.Match[str], prompt: Prompt) -> Finding:
    said = prompt.instructions + prompt.user
    lines = []
    for number, part in enumerate(asked, start=1):
        if shown["func"]:
            variable = shown["result"]
            before = f" about {variable}{number - 1}" if number > 1 else ""
            head = "FUNC " if "FUNC" in shown.group() else ""
            call = f'[{head}{shown["func"]}("{keywords(part)}{before}") = {variable}{number}]'
            lines.append(f"To learn {part.rstrip('?')}: {call}.")
            continue
        variable = shown["variable"]
        before = f" {variable}{number - 1}" if number > 1 else ""
        closing = "]" if shown["open"] == "[" else ")"
        call = (
            f"{variable}{number} = {shown['tool']}{shown['open']}{keywords(part)}{before}{closing}"
        )
        lines.append(f"Plan: {part}\n{call}" if "Plan:" in said else call)
    if shown["func"]:
        lines.append(f"The answer is {shown['result']}{len(asked)}.")
    return Finding(text="\n".join(lines), items=listed(lines), query=keywords(asked[0]))


def _either(question: str) -> list[str]:
    match = _EITHER.match(question)
    if match is None:
        return []
    head = re.sub(
        r"^(?:which|who|what)\s+(?:of\s+(?:these|the two)\s+)?", "", match["head"], flags=re.I
    )
    return [
        f"What is known about {side.strip()} as to: {head}" for side in (match["a"], match["b"])
    ]


def _both(question: str) -> list[str]:
    match = _BOTH.match(question)
    if match is None:
        return []
    rest = re.sub(r"^both\s+", "", match["rest"])
    return [
        f"What is known about {side.strip()} as to: {rest}" for side in (match["a"], match["b"])
    ]


def _relative(question: str) -> list[str]:
    match = _RELATIVE.match(question)
    if match is None or len(match["clause"].split()) < 2:
        return []
    noun, clause, pronoun = match["noun"], match["clause"], match["pronoun"].lower()
    if pronoun == "whose":
        inner = f"Which {noun}'s {clause}"
    elif pronoun in ("that", "which", "who"):
        inner = f"Which {noun} {clause}"
    else:
        inner = f"{pronoun.replace('where', 'in which').capitalize()} {noun} {clause}"
    return [inner, f"{match['head'].strip()} that {noun}"]


def _chain(question: str) -> list[str]:
    match = _CHAIN.match(question)
    if match is None:
        return []
    inner = match["inner"]
    thing = re.split(r"\s+(?:of|in|for|at)\s+", inner.removeprefix("the "))[0]
    return [f"What is {inner}", f"{match['head'].strip()} the {match['outer']} of that {thing}"]


def _possessive(question: str) -> list[str]:
    match = _POSSESSIVE.match(question)
    if match is None or not match["rest"].strip():
        return []
    thing, rest = match["thing"], match["rest"].strip()
    if rest[0] in "'\u2019":  # Anna's brother's wife
        return [
            f"Who is {match['owner'].strip()}'s {thing}",
            f"{match['head'].strip()} that {thing}{rest}",
        ]
    return [
        f"Who or what is {match['owner'].strip()}'s {thing}",
        f"{match['head'].strip()} that {thing} {rest}",
    ]


def _without_pronoun(part: str, subject: str) -> str:
    if not subject or subject in part:
        return part
    return re.sub(r"\b(?:it|he|she|they)\b", subject, part, count=1, flags=re.I)


def _asked(part: str) -> str:
    text = part.strip().rstrip("?. ")
    return f"{text[:1].upper()}{text[1:]}?"
