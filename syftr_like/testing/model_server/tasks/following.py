"""Replying in one of several forms that a prompt shows: look something up, answer, pass a verdict.

Which one is meant follows from what is known so far; how it is written follows from its lines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..findings import Finding
from ..mind import Mind
from ..reading.forms import approves
from ..reading.prompt import Prompt
from ..reading.shown import Shown, ShownLine, verdicts
from ..reading.tools import ToolCall, tool_for
from ..replies import Reply
from ..writing import write
from .judging import against_reference, criticise
from .listing import numbered, with_variables
from .searching import Step, next_step, queries_for

_ONLY_LOOK_UP = re.compile(
    r"\bonly (?:things to look up|look-?ups|searche?s?|actions|tool calls)\b|"
    r"\b(?:do not|don't|may not|cannot) answer yet\b|\bno answers? yet\b",
    re.I,
)
_ONLY_ANSWERS = re.compile(
    r"\bonly (?:an |the |final )?answers?\b|\banswers? only\b|"
    r"\b(?:no (?:more|further) (?:searche?s?|look-?ups|actions|tools)|must answer now)\b",
    re.I,
)
_SEVERAL = re.compile(r"\b(?:propose|suggest|offer|different|unlike|distinct|candidate)\b", re.I)
_MOST = re.compile(
    r"\b(?P<count>\d+|one|two|three|four|five|six|seven|eight)\b(?: \w+){0,2} "
    r"(?:steps|proposals|moves|options|actions|ways|continuations)\b",
    re.I,
)
_WRITTEN = ["one", "two", "three", "four", "five", "six", "seven", "eight"]


def follow(prompt: Prompt, mind: Mind) -> Reply:
    """Return a reply in the form that fits what is known; with less skill, now and then not."""
    name, text = _followed(prompt, mind)
    if mind.misses_form(0.08):
        lines = text.split("\n")
        text = "\n".join(lines[:-1]) if len(lines) > 1 else f"Well, {text[:1].lower()}{text[1:]}"
    return Reply(text, (), name)


def _followed(prompt: Prompt, mind: Mind) -> tuple[str, str]:
    by_meaning = {form.meaning: form for form in reversed(prompt.shown)}
    judged = verdicts(prompt.shown)
    if len(judged) > 1 and prompt.of("reply"):
        return "check_draft", _verdict(prompt, judged, mind)
    if form := by_meaning.get("variables"):
        return "plan", with_variables(prompt, form.lines, mind)
    results, queries = known(prompt)
    step = next_step(prompt.question, results, queries, prompt.form.abstention, mind)
    look_up, listed = by_meaning.get("look_up"), by_meaning.get("numbered")
    conclude = by_meaning.get("conclude")
    if listed is not None and (conclude is None or step.finding is None):
        first = step.queries[0] if step.queries and queries else ""
        return "plan", numbered(prompt, listed.lines, first, mind)
    if look_up is None:
        form = conclude or prompt.shown[0]
        return "answer", _concluded(form, step, prompt, mind)
    return "next_step", _stepped(prompt, look_up, conclude, step, mind)


def known(prompt: Prompt) -> tuple[list[str], list[str]]:
    """Return what was found so far, and what was searched for to find it."""
    if prompt.lookups:
        found = [lookup.result for lookup in prompt.lookups if lookup.result]
        return found, [lookup.query for lookup in prompt.lookups]
    found = [f"[{part.mark}] {part.text}" for part in prompt.passages]
    return found, ["-"] if found else []


def _stepped(prompt: Prompt, look_up: Shown, conclude: Shown | None, step: Step, mind: Mind) -> str:
    """Return one next step, or as many unlike each other as are asked for."""
    told = prompt.instructions
    count = _count(told)
    barred = _ONLY_LOOK_UP.search(told) is not None
    ends = step.finding is not None and not (barred and _lines_for(look_up, "", prompt))
    if _ONLY_ANSWERS.search(told):
        ends = True
    written: list[str] = []
    if ends:
        last = step
        if step.finding is None:  # it has to answer with what there is
            results, queries = known(prompt)
            last = next_step(
                prompt.question, results, [*queries, *["-"] * 99], prompt.form.abstention, mind
            )
        written.append(_concluded(conclude, last, prompt, mind))
        if count == 1 or _ONLY_ANSWERS.search(told):
            return written[0]
    made = [lookup.query for lookup in prompt.lookups]
    own = [query for query in step.queries if query not in made]
    queries = [*own, *queries_for(prompt.question, known(prompt)[0], [*made, *own], mind)]
    if not queries:
        queries = [prompt.question]
    for query in queries[: max(1, count - len(written)) if not written else count - len(written)]:
        written.append(_lines_for(look_up, query, prompt, step.thought))
    return "\n".join(written)


def _count(told: str) -> int:
    match = _MOST.search(told) if _SEVERAL.search(told) else None
    if match is None:
        return 1
    word = match["count"].lower()
    return _WRITTEN.index(word) + 1 if word in _WRITTEN else int(word)


def _concluded(form: Shown | None, step: Step, prompt: Prompt, mind: Mind) -> str:
    """Return the end: the answer, or, where the form wants the facts that answer, the sentence."""
    finding = step.finding or Finding(text=prompt.form.abstention, abstained=True)
    plain = replace(prompt.form, fields=(), reasons=False, shape=None, listing=None)
    answer = write(finding, plain, _sure(mind))
    if form is None:
        return f"Answer: {answer}"
    lines = []
    for line in form.lines:
        if line.is_about({"thought", "thoughts", "reason", "reasoning", "think", "why"}):
            lines.append(f"{line.label}: {step.thought}")
        elif line.call is not None:
            lines.append(f"{line.label}: {replace(line.call, text=answer).written()}")
        elif line.is_about({"enough", "sufficient", "known", "found"}) and not finding.abstained:
            lines.append(f"{line.label}: {finding.reason.removeprefix('The results say: ')}")
        else:
            lines.append(f"{line.label}: {answer}")
    return "\n".join(lines)


def _sure(mind: Mind) -> Mind:
    """Return a mind that writes without a slip: one in form is drawn once for the whole reply."""
    return Mind(replace(mind.model, skill=1.0, thinks=False), "")


def _lines_for(form: Shown, query: str, prompt: Prompt, thought: str = "") -> str:
    """Return the lines that have something looked up."""
    lines = []
    for line in form.lines:
        if line.call is not None:
            call = ToolCall(_tool(line, query, prompt), query, line.call.opening, line.call.quote)
            lines.append(f"{line.label}: {call.written()}")
        elif line.is_about({"thought", "thoughts", "reason", "reasoning", "think", "why"}):
            lines.append(f"{line.label}: {thought or 'I search for what is asked.'}")
        elif line.is_about({"tool", "action"}) and len(form.lines) > 1:
            lines.append(f"{line.label}: {_tool(line, query, prompt)}")
        else:
            lines.append(f"{line.label}: {query}")
    return "\n".join(lines)


def _tool(line: ShownLine, query: str, prompt: Prompt) -> str:
    made = [lookup.tool for lookup in prompt.lookups if lookup.query == query]
    if not prompt.tools and line.call is not None and line.call.tool[0] not in "<{":
        return line.call.tool
    return tool_for(query, prompt.tools, made)


def _verdict(prompt: Prompt, forms: dict[str, Shown], mind: Mind) -> str:
    """Return a verdict on a draft, with what is wrong where the form has a line for it."""
    found = against_reference(prompt, mind) if prompt.of("reference") else criticise(prompt, mind)
    form = _by_verdict(list(forms.values()), good=bool(found.verdict))
    results, queries = known(prompt)
    step = next_step(prompt.question, results, queries, prompt.form.abstention, mind)
    wanted = step.queries[0] if step.queries else ""
    lines = []
    for line in form.lines:
        if line is form.lines[0]:
            lines.append(f"{line.label}: {line.literal}")
        elif line.is_about({"search", "query", "missing", "action", "lookup"}):
            if wanted and line.call is not None:
                wanted = replace(line.call, tool=_tool(line, wanted, prompt), text=wanted).written()
            lines += [f"{line.label}: {wanted}"] if wanted else []
        else:
            lines.append(f"{line.label}: {found.reason}")
    if prompt.form.reasons and len(form.lines) == 1:
        lines.insert(0, f"{found.reason}\n")
    return "\n".join(lines)


def _by_verdict(forms: Sequence[Shown], *, good: bool) -> Shown:
    """Return the form for a good draft or a bad one, by the conditions, else by length."""
    approving = [form for form in forms if approves(form.told)]
    if not approving:
        approving = [min(forms, key=lambda form: len(form.lines))]
    rest = [form for form in forms if form is not approving[0]]
    return approving[0] if good else rest[0]
