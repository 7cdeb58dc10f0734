"""The stand-in: reads a request, does what it asks for as well as its model can, writes it down."""

from __future__ import annotations

import json
from dataclasses import replace

from .filling import by_schema
from .findings import Finding
from .mind import Mind
from .models import ChatModel
from .reading.prompt import Prompt, read_prompt
from .reading.turns import without_corrections
from .replies import Reply
from .requests import ChatRequest
from .tasks.acting_in_json import act, acts_in_json
from .tasks.calling import call_tools
from .tasks.following import follow
from .tasks.reacting import react, reacts
from .tasks.recognising import recognise
from .writing import write

_EFFORTS = {"none": 0.0, "minimal": 0.1, "low": 0.25, "medium": 0.5, "high": 0.8, "xhigh": 1.0}


def reply_to(request: ChatRequest, model: ChatModel, draw: str) -> Reply:
    """Return a reply.

    Args:
        request: What is asked.
        model: Who replies.
        draw: Seeds what is drawn, together with model, messages, tools and format.
    """
    effort = _EFFORTS[request.reasoning_effort or "medium"]
    varies = (request.temperature or 0.0) * (1.0 if request.top_p is None else request.top_p)
    # Limits and sampling are no part of it: a reply that is cut begins as the whole one does.
    asked = request.digest(only={"messages", "tools", "tool_choice", "response_format"})
    corrected = len(without_corrections(request.messages)) < len(request.messages)
    seed = f"{draw}/{model.name}/{asked}"
    mind = Mind(model, seed, varies, effort, corrected=corrected)
    prompt = read_prompt(request.messages)
    if request.offered:
        reply = call_tools(request, prompt, mind, lambda: _carried_out(prompt, mind))
    elif acts_in_json(request.messages):
        reply = act(request.messages, mind)
    elif request.response_format is not None and request.response_format.type != "text":
        return _formatted(request, prompt, mind)
    elif prompt.shown:
        reply = follow(prompt, mind)
    elif reacts(request.messages):
        reply = react(request.messages, mind)
    else:
        finding = _carried_out(prompt, mind)
        reply = Reply(write(finding, prompt.form, mind), (), finding.task)
    if model.thinks and effort > 0:
        return replace(reply, text=f"{_thoughts(prompt, effort)}{reply.text}")
    return reply


def _carried_out(prompt: Prompt, mind: Mind) -> Finding:
    task = recognise(prompt)
    return replace(task.carry_out(prompt, mind), task=task.name)


def _formatted(request: ChatRequest, prompt: Prompt, mind: Mind) -> Reply:
    """Return JSON: by the schema, or as the prompt describes it. Such replies hold no thoughts."""
    finding = _carried_out(prompt, mind)
    form = request.response_format
    if form is not None and form.json_schema is not None:
        labels = prompt.form.labels or ("yes", "no")
        value = by_schema(form.json_schema.json_schema, finding, prompt.form.scale, labels)
        return Reply(json.dumps(value, ensure_ascii=False), (), finding.task)
    # `json_object` is kept to by any model: it never forgets the form.
    shape = prompt.form.shape if isinstance(prompt.form.shape, dict) else {}
    sure = Mind(replace(mind.model, skill=1.0, thinks=False), "")
    text = write(finding, replace(prompt.form, shape=shape), sure)
    return Reply(text, (), finding.task)


def _thoughts(prompt: Prompt, effort: float) -> str:
    """Return what a thinking model thinks; the more effort, the more passages it goes through."""
    passages = prompt.passages
    lines = [f"The question is: {prompt.question}"]
    for part in passages[: max(1, round(effort * len(passages)))]:
        lines.append(f"[{part.mark}] begins: {' '.join(part.text.split()[:12])}")
    lines += ["Let me check this once more."] * round(4 * effort)
    text = "\n".join(lines).replace("</think>", "")
    return f"<think>\n{text}\n</think>\n\n"
