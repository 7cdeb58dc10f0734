"""Tool use by text where each action is a JSON object, such as {"action": ..., "input": ...}."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from ..filling import slot_of
from ..mind import Mind
from ..reading.prompt import Prompt, read_prompt
from ..replies import Reply
from ..requests import ChatMessage
from .reacting import tool_named
from .searching import next_step

_INPUTS = re.compile(r"input|args?|arguments?|query|action_input", re.I)
_ENDS = re.compile(
    r"[\"'`](?P<name>finish|final_answer|final answer|final|answer|done)[\"'`]", re.I
)
_OBSERVED = re.compile(
    r"^\W*(?:Observation|Result)(?: \d+)?\s*:[ \t]*(?P<text>.*?)"
    r"(?=^\s*\{|^\W*(?:Observation|Result|Question)(?: \d+)?\s*:|\Z)",
    re.M | re.S,
)


def acts_in_json(messages: Sequence[ChatMessage]) -> bool:
    """Whether a conversation asks for actions as JSON, one of which ends it."""
    prompt = read_prompt(_asked(messages))
    return _keys(prompt) is not None and _ENDS.search(_told(messages)) is not None


def act(messages: Sequence[ChatMessage], mind: Mind) -> Reply:
    """Return the next action, after what was observed; the last one holds the answer."""
    asked = _asked(messages)
    prompt, told = read_prompt(asked), _told(messages)
    keys = _keys(prompt)
    if keys is None:
        raise ValueError("the prompt does not ask for actions as JSON")
    action, given = keys
    later = [
        m.text if m.role != "user" or _OBSERVED.match(m.text) else f"Observation: {m.text}"
        for m in messages[len(asked) :]
    ]
    first = asked[-1].text
    after = first[first.rfind(prompt.question) + len(prompt.question) :] if prompt.question else ""
    transcript = "\n".join([after, *later])
    queries = re.findall(rf'"{given}"\s*:\s*"([^"<]+)"', transcript)
    results = [m["text"].strip() for m in _OBSERVED.finditer(transcript)]
    step = next_step(prompt.question, results, queries, prompt.form.abstention, mind)
    if step.finding is None:
        query = step.queries[0]
        chosen = {action: tool_named(told, query, len(queries)), given: query}
    else:
        end = _ENDS.search(told)
        chosen = {action: end["name"] if end else "finish", given: step.finding.text}
    thoughts = {key: step.thought for key in prompt.form.shape if slot_of(key) == "reason"}
    return Reply(json.dumps({**thoughts, **chosen}, ensure_ascii=False), (), "act_in_json")


def _asked(messages: Sequence[ChatMessage]) -> Sequence[ChatMessage]:
    """Return the messages up to the first of the user's."""
    first = next((n for n, m in enumerate(messages) if m.role == "user"), len(messages) - 1)
    return messages[: first + 1]


def _told(messages: Sequence[ChatMessage]) -> str:
    return "\n".join(message.text for message in _asked(messages))


def _keys(prompt: Prompt) -> tuple[str, str] | None:
    """Return the keys of the action and of what it is given."""
    shape = prompt.form.shape
    if not isinstance(shape, dict):
        return None
    actions = [key for key in shape if key.lower() in ("action", "tool", "tool_name")]
    inputs = [key for key in shape if _INPUTS.fullmatch(key)]
    return (actions[0], inputs[0]) if actions and inputs else None
