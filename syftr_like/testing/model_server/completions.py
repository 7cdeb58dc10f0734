"""A reply as OpenAI's chat completion, or as the chunks of a stream."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from . import tokens
from .api_errors import window_exceeded
from .models import ChatModel
from .notice import NOTICE
from .replies import Call, Reply
from .requests import ChatRequest

_PER_MESSAGE, _PER_REQUEST = 4, 3  # what a chat template adds, as OpenAI counts it


@dataclass(frozen=True, slots=True)
class Choice:
    """A reply as it leaves the server.

    Attributes:
        text: Content, cut.
        calls: Tool calls; the arguments of the last may be cut.
        finish: `stop`, `length` or `tool_calls`.
        tokens: Of content and calls.
        thought_tokens: Those of them within `<think>`.
    """

    text: str
    calls: tuple[Call, ...]
    finish: str
    tokens: int
    thought_tokens: int


def prompt_tokens(request: ChatRequest) -> int:
    """Return the tokens of a request's messages and tools."""
    total = _PER_REQUEST
    for message in request.messages:
        total += _PER_MESSAGE + tokens.count(message.text)
        for call in message.tool_calls or ():
            total += tokens.count(call.function.name) + tokens.count(call.function.arguments)
    for function in request.offered:
        total += tokens.count(json.dumps(function.model_dump(mode="json")))
    return total


def check_window(request: ChatRequest, model: ChatModel, prompt: int) -> int:
    """Return the greatest number of tokens of a reply.

    Raises:
        ApiError: The prompt, or prompt and reply together, are more than the window holds.
    """
    asked = request.most_tokens
    if prompt + (asked or 1) > model.window:
        raise window_exceeded(model.window, prompt, asked or 0)
    return asked or model.window - prompt


def cut(reply: Reply, stops: Sequence[str], most: int) -> Choice:
    """End a reply at the first stop sequence and at the greatest number of tokens."""
    text, finish = reply.text, "tool_calls" if reply.calls else "stop"
    ends = [place for stop in stops if (place := text.find(stop)) >= 0]
    if ends:
        text = text[: min(ends)]
    parts = tokens.pieces(text)
    if len(parts) > most:
        text, finish = "".join(parts[:most]), "length"
        return Choice(text, (), finish, most, _thought_tokens(text))
    used, calls = len(parts), []
    for call in reply.calls:
        name, arguments = tokens.count(call.name), tokens.pieces(call.arguments)
        if used + name + len(arguments) > most:
            finish = "length"
            if used + name < most:
                calls.append(Call(call.name, "".join(arguments[: most - used - name])))
            used = most
            break
        calls.append(call)
        used += name + len(arguments)
    return Choice(text, tuple(calls), finish, used, _thought_tokens(text))


def usage(prompt: int, choices: Sequence[Choice]) -> dict[str, Any]:
    """Return OpenAI's usage of a request."""
    completion = sum(choice.tokens for choice in choices)
    thoughts = sum(choice.thought_tokens for choice in choices)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "completion_tokens_details": {"reasoning_tokens": thoughts},
    }


def completion(
    request: ChatRequest, choices: Sequence[Choice], prompt: int, ordinal: int, created: int
) -> dict[str, Any]:
    """Return the body of a reply that is not streamed."""
    return {
        **_head(request, ordinal, created, "chat.completion"),
        "choices": [
            {
                "index": index,
                "message": _message(choice, _call_ids(request, ordinal, index, choice)),
                "logprobs": None,
                "finish_reason": choice.finish,
            }
            for index, choice in enumerate(choices)
        ],
        "usage": usage(prompt, choices),
    }


def chunks(
    request: ChatRequest, choices: Sequence[Choice], prompt: int, ordinal: int, created: int
) -> Iterator[dict[str, Any]]:
    """Yield the chunks of a stream, one token each; the last has the usage, if it is asked for."""
    head = _head(request, ordinal, created, "chat.completion.chunk")
    wants_usage = request.stream_options is not None and request.stream_options.include_usage
    if wants_usage:
        head["usage"] = None

    def chunk(index: int, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": index, "delta": delta, "logprobs": None, "finish_reason": finish}
        return {**head, "choices": [choice]}

    for index, choice in enumerate(choices):
        yield chunk(index, {"role": "assistant", "content": None if choice.calls else ""})
        for piece in tokens.pieces(choice.text):
            yield chunk(index, {"content": piece})
        ids = _call_ids(request, ordinal, index, choice)
        for place, (identity, call) in enumerate(zip(ids, choice.calls, strict=True)):
            opening = {"name": call.name, "arguments": ""}
            first = {"index": place, "id": identity, "type": "function", "function": opening}
            yield chunk(index, {"tool_calls": [first]})
            for piece in tokens.pieces(call.arguments):
                more = {"index": place, "function": {"arguments": piece}}
                yield chunk(index, {"tool_calls": [more]})
        yield chunk(index, {}, choice.finish)
    if wants_usage:
        yield {**head, "choices": [], "usage": usage(prompt, choices)}


def _head(request: ChatRequest, ordinal: int, created: int, kind: str) -> dict[str, Any]:
    return {
        "id": f"chatcmpl-{_identity(request, ordinal)}",
        "object": kind,
        "created": created,
        "model": request.model,
        "system_fingerprint": "practice",
        "service_tier": None,
        "notice": NOTICE,
    }


def _message(choice: Choice, ids: Sequence[str]) -> dict[str, Any]:
    message: dict[str, Any] = {
        "role": "assistant",
        "content": choice.text if choice.text or not choice.calls else None,
        "refusal": None,
    }
    if choice.calls:
        message["tool_calls"] = [
            {
                "id": identity,
                "type": "function",
                "function": {"name": call.name, "arguments": call.arguments},
            }
            for identity, call in zip(ids, choice.calls, strict=True)
        ]
    return message


def _call_ids(request: ChatRequest, ordinal: int, index: int, choice: Choice) -> list[str]:
    # A conversation may hold two calls with the same words, so that places count too.
    head = _identity(request, ordinal)
    return [f"call_{head}_{index}_{place}" for place in range(len(choice.calls))]


def _identity(request: ChatRequest, ordinal: int) -> str:
    return f"{request.digest()[:16]}{ordinal:04x}"


def _thought_tokens(text: str) -> int:
    if not text.startswith("<think>"):
        return 0
    thoughts, _, _ = text.partition("</think>")
    return tokens.count(thoughts)
