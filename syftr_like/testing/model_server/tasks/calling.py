"""Tool use by protocol: tools as JSON Schema, calls and results as messages."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any

from ..filling import by_schema, slot_of
from ..findings import Finding
from ..mind import Mind
from ..reading.prompt import Prompt
from ..reading.words import stems
from ..replies import Call, Reply
from ..requests import ChatMessage, ChatRequest, FunctionSpec
from ..writing import write
from .searching import next_step

_SEARCHES = re.compile(
    r"search|retriev|look ?up|find|query|fetch|browse|wiki|document|passage", re.I
)
_ENDS = re.compile(r"final|finish|submit|answer\b|respond|done|conclude", re.I)


def call_tools(
    request: ChatRequest, prompt: Prompt, mind: Mind, carry_out: Callable[[], Finding]
) -> Reply:
    """Return the next calls of an agent, or its answer.

    A tool that must be called and does not search is taken for a form to fill in.

    Args:
        request: With the tools and the conversation.
        prompt: The conversation as read.
        mind: Who decides.
        carry_out: Does the task that the prompt asks for, without tools.
    """
    offered, must = request.offered, request.must_call
    forced = next((tool for tool in offered if tool.name == must), None)
    if forced is None and must == "*" and len(offered) == 1:
        forced = offered[0]
    if forced is not None and not _searches(forced):
        finding = carry_out()
        labels = prompt.form.labels or ("yes", "no")
        arguments = by_schema(forced.parameters, finding, prompt.form.scale, labels)
        return Reply("", (Call(forced.name, _json(arguments)),), "structured")
    tools = [tool for tool in offered if _searches(tool)] or [
        tool for tool in offered if not _ends(tool)
    ]
    ending = next((tool for tool in offered if _ends(tool) and tool not in tools), None)
    if forced is not None:
        tools, ending = [forced], None
    queries, results = _history(request.messages)
    step = next_step(
        prompt.question,
        results,
        queries,
        prompt.form.abstention,
        mind,
        parallel=request.parallel_tool_calls is not False and forced is None,
    )
    if not tools and step.queries:
        step = next_step(prompt.question, results, ["-"] * 99, prompt.form.abstention, mind)
    if step.finding is None or (must is not None and ending is None and tools):
        wanted = step.queries or (prompt.question,)
        calls = tuple(_call(_suited(tools, query, len(queries)), query, prompt) for query in wanted)
        return Reply("", calls, "tools")
    if ending is not None:
        arguments = by_schema(ending.parameters, step.finding, prompt.form.scale)
        return Reply("", (Call(ending.name, _json(arguments)),), "tools")
    return Reply(write(step.finding, prompt.form, mind), (), "tools")


def _history(messages: Sequence[ChatMessage]) -> tuple[list[str], list[str]]:
    """Return queries and results since the last user message."""
    last = max((n for n, m in enumerate(messages) if m.role == "user"), default=-1)
    queries: list[str] = []
    results: list[str] = []
    for message in messages[last + 1 :]:
        if message.role == "tool":
            results.append(message.text)
        for call in message.tool_calls or ():
            queries.append(_query_in(call.function.arguments))
    return queries, results


def _query_in(arguments: str) -> str:
    try:
        values = json.loads(arguments)
    except ValueError:
        return arguments
    if not isinstance(values, dict):
        return str(values)
    named = [v for k, v in values.items() if isinstance(v, str) and slot_of(k) == "query"]
    texts = named or [value for value in values.values() if isinstance(value, str)]
    return str(texts[0]) if texts else arguments


def _call(tool: FunctionSpec, query: str, prompt: Prompt) -> Call:
    if slot_of(tool.name) == "choice" and not tool.parameters.get("properties"):
        return Call(tool.name, "{}")
    about = Finding(text=query, query=query, choice=query, reason=f"To find: {query}")
    arguments = by_schema(tool.parameters, about)
    if isinstance(arguments, dict) and query not in arguments.values():
        texts = [k for k, v in _properties(tool).items() if v.get("type", "string") == "string"]
        if texts and "enum" not in _properties(tool)[texts[0]]:
            arguments[texts[0]] = query
    if isinstance(arguments, dict) and "question" in arguments and len(arguments) == 1:
        arguments["question"] = prompt.question if query == "" else query
    return Call(tool.name, _json(arguments))


def _suited(tools: Sequence[FunctionSpec], query: str, made: int) -> FunctionSpec:
    """Return the tool whose description shares most words with the query; then the next one."""
    asked = set(stems(query))

    def shared(tool: FunctionSpec) -> int:
        return len(asked & set(stems(f"{tool.name.replace('_', ' ')} {tool.description or ''}")))

    ordered = sorted(tools, key=lambda tool: -shared(tool))
    if len(ordered) > 1 and shared(ordered[0]) == shared(ordered[1]):
        return ordered[made % len(ordered)]  # nothing speaks for one: take turns
    return ordered[0]


def _searches(tool: FunctionSpec) -> bool:
    takes = any(slot_of(name) == "query" for name in _properties(tool))
    said = f"{tool.name} {tool.description or ''}".replace("_", " ")
    return takes or (bool(_SEARCHES.search(said)) and not _ends(tool) and _takes_one_text(tool))


def _takes_one_text(tool: FunctionSpec) -> bool:
    required = tool.parameters.get("required", list(_properties(tool)))
    return len(required) == 1 and _properties(tool).get(required[0], {}).get("type") == "string"


def _ends(tool: FunctionSpec) -> bool:
    return bool(_ENDS.search(tool.name.replace("_", " ")))


def _properties(tool: FunctionSpec) -> dict[str, Any]:
    found = tool.parameters.get("properties", {})
    return found if isinstance(found, dict) else {}


def _json(arguments: object) -> str:
    return json.dumps(arguments, ensure_ascii=False)
