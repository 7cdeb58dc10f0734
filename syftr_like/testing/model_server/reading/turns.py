"""The turns of a conversation that are no prompt of their own: corrections, and tools' results."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace

from ..requests import ChatMessage
from .lookups import Lookup, take_lookups
from .parts import items_of
from .tools import call_in

_CORRECTS = re.compile(
    r"\b(?:your|that|the|this) (?:(?:last|previous|above) )?"
    r"(?:reply|answer|response|output|message)\b"
    r"[^.\n]{0,60}\b(?:could not|couldn't|cannot|can't|can not|was not|wasn't|is not|isn't|not|"
    r"invalid|failed|did not|didn't|does not|doesn't)\b[^.\n]{0,40}"
    r"(?:\bread\b|\bpars\w+|\bunderst\w+|\bform(?:at)?\b|\bJSON\b|\bvalid\b|\binvalid\b)"
    r"|\b(?:could not|couldn't|cannot|can't|failed to|unable to) (?:read|parse|understand) "
    r"(?:your|that|the|this) (?:\w+ )?(?:reply|answer|response|output|message)\b",
    re.I,
)
_CALLED = re.compile(r"^\W*(?:\w+ ?){1,2}\d*:\s*(?P<call>\S.*)$", re.M)
_OBSERVED = re.compile(r"^\W*(?:Observations?|Results?|Returned|Found)\b[^:\n]{0,40}:\s*", re.I)


def without_corrections(messages: Sequence[ChatMessage]) -> list[ChatMessage]:
    """Return a conversation without replies that could not be read, and the words that say so."""
    kept: list[ChatMessage] = []
    for message in messages:
        if message.role == "user" and _CORRECTS.search(message.text[:400]) and len(kept) > 0:
            while kept and kept[-1].role == "assistant" and not kept[-1].tool_calls:
                kept.pop()
            if any(earlier.role == "user" for earlier in kept):
                continue
        kept.append(message)
    return kept


def with_lookups_taken(
    messages: Sequence[ChatMessage],
) -> tuple[list[ChatMessage], list[Lookup]]:
    """Return a conversation without what it tells of tool calls, and that, oldest first.

    A turn that holds nothing but results is left out, and so is the reply that asked for them.
    """
    kept: list[ChatMessage] = []
    found: list[Lookup] = []
    for message in messages:
        if message.role != "user":
            kept.append(message)
            continue
        rest, taken = take_lookups(message.text)
        last = kept[-1] if kept and kept[-1].role == "assistant" else None
        if not taken and last is not None and (match := _OBSERVED.match(message.text)):
            taken, rest = _answered(last.text, message.text[match.end() :]), ""
        found += taken
        if taken and last is not None and not last.tool_calls:
            kept.pop()
        if rest.strip() or not taken:
            kept.append(replace_text(message, rest) if taken else message)
    return kept, found


def replace_text(message: ChatMessage, text: str) -> ChatMessage:
    """Return a message with another text."""
    return message.model_copy(update={"content": text})


def _answered(reply: str, result: str) -> list[Lookup]:
    """Return the calls of a reply, all with the result that came for them."""
    calls = [call for m in _CALLED.finditer(reply) if (call := call_in(m["call"])) is not None]
    items = tuple(items_of(result)) if re.match(r"\s*\[\d+\]", result) else (("", result.strip()),)
    found = [Lookup(call.tool, call.text) for call in calls]
    return [replace(lookup, passages=items) for lookup in found[:1]] + found[1:]
