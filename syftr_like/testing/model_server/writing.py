"""Writing what a task found, in the form that the prompt asks for."""

from __future__ import annotations

import json
import re

from .filling import by_example, degree, judged, scaled, slot_of
from .findings import Finding
from .mind import Mind
from .reading.forms import Form

_OPENINGS = ("Sure! Here it is. ", "Here is what I found: ", "Of course. ")


def write(finding: Finding, form: Form, mind: Mind) -> str:
    """Return the reply; with less skill, now and then not quite in the form."""
    text = _in_form(finding, form)
    if not mind.misses_form(0.15):
        return text
    if form.fields and "\n" in text:
        return text.rsplit("\n", 1)[0]  # forgets the last line
    if form.shape is not None:
        return f"```json\n{text}\n```"
    return mind.one_of(_OPENINGS) + text


def _in_form(finding: Finding, form: Form) -> str:
    labels = form.labels or ("yes", "no")
    if form.shape is not None:
        return json.dumps(by_example(form.shape, finding, form.scale, labels), ensure_ascii=False)
    if form.fields and not finding.bare:
        lines = [f"{label}: {_field(label, finding, form)}" for label in form.fields]
        reasoned = any(slot_of(label) == "reason" for label in form.fields)
        if form.reasons and finding.reason and not reasoned:
            lines.insert(0, finding.reason)
        return "\n".join(lines)
    body = _body(finding, form)
    if form.reasons and finding.reason:
        return f"{finding.reason}\n{body}"
    return body


def _field(label: str, finding: Finding, form: Form) -> str:
    slot = slot_of(label)
    if slot == "reason":
        return finding.reason or finding.text
    if slot == "sources" and finding.sources:
        return ", ".join(f"[{mark}]" for mark in finding.sources)
    if slot == "number":
        value = str(scaled(degree(finding), form.scale))
        return f"[[{value}]]" if form.doubled else value
    if slot == "verdict" and finding.verdict is not None:
        return _verdict(finding, form)
    if slot == "query" and finding.query:
        return finding.query
    return _body(finding, form)


def _body(finding: Finding, form: Form) -> str:
    """Return the outcome alone."""
    if finding.order:
        marked = [mark if form.bare_marks else f"[{mark}]" for mark in finding.order]
        between = {"commas": ", ", "lines": "\n"}.get(form.listing or "", " > ")
        return between.join(marked)
    if finding.items:
        return _listed(finding, form)
    if finding.choice:
        return finding.choice
    if finding.text:
        if form.cites and finding.sources and not finding.abstained:
            marks = "".join(f"[{mark}]" for mark in finding.sources)
            return f"{finding.text.rstrip('.')} {marks}"
        return finding.text
    if form.scale and finding.number is not None:
        return str(scaled(finding.number, form.scale))
    if finding.verdict is not None or form.labels:
        return _verdict(finding, form)
    return str(scaled(degree(finding), form.scale))


def _verdict(finding: Finding, form: Form) -> str:
    labels = form.labels or ("Yes", "No")
    return labels[0] if judged(finding) else labels[1]


def _listed(finding: Finding, form: Form) -> str:
    texts = [_item(item, form) for item in finding.items]
    if form.listing == "json":
        return json.dumps(texts, ensure_ascii=False)
    if form.listing == "commas":
        return ", ".join(re.sub(r"\.$", "", text) for text in texts)
    if form.listing == "numbered":
        return "\n".join(f"{n}. {text}" for n, text in enumerate(texts, start=1))
    if form.listing == "bullets":
        return "\n".join(f"- {text}" for text in texts)
    return "\n".join(texts)


def _item(item: Finding, form: Form) -> str:
    if item.text and item.verdict is not None:
        return f"{item.text}: {_verdict(item, form)}"
    return item.text or _body(item, form)
