"""Values and records as JSON, for the cache."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any, TypeAlias

from syftr_like.contracts import Answer, Chunk, Json, ModelCall, Passage, Query

Span: TypeAlias = tuple[str, int, int]
"""Document, start and end of a chunk."""

Texts: TypeAlias = Mapping[Span, str]
"""The text of each chunk that is known without being told."""


class NotKeptError(Exception):
    """A value has no form in the cache."""


def json_of_call(call: ModelCall) -> dict[str, Json]:
    """Return a model call as JSON."""
    return dataclasses.asdict(call)


def call_of(found: Mapping[str, Any]) -> ModelCall:
    """Return the model call that `json_of_call` described."""
    return ModelCall(**found)


def json_of_value(value: object, known: Texts) -> Json:
    """Return a question, passages or an answer as JSON.

    A passage is its place and its score, and its text only where that is not known already.

    Raises:
        NotKeptError: The value is none of them, or holds what JSON cannot.
    """
    if type(value) is Query:
        return {"query": [_plain(text, str) for text in (value.text, *value.alternatives)]}
    if type(value) is Answer:
        confidence = None if value.confidence is None else _plain(value.confidence, float, int)
        return {"answer": [_plain(value.text, str), _plain(value.abstained, bool), confidence]}
    if isinstance(value, tuple | list):
        return {"passages": [_passage(item, known) for item in value]}
    raise NotKeptError(f"a {type(value).__name__} is not kept")


def value_of(found: Mapping[str, Any], known: Texts) -> Query | Answer | tuple[Passage, ...]:
    """Return the value that `json_of_value` described.

    Raises:
        KeyError: A passage's text is not known.
    """
    if "query" in found:
        text, *alternatives = found["query"]
        return Query(text, tuple(alternatives))
    if "answer" in found:
        return Answer(*found["answer"])
    return tuple(_passage_of(item, known) for item in found["passages"])


def _passage(item: object, known: Texts) -> list[Json]:
    if type(item) is not Passage or type(item.chunk) is not Chunk:
        raise NotKeptError(f"a {type(item).__name__} is not kept")
    chunk = item.chunk  # what it was searched by is of no use beyond retrieval, and is not kept
    place = (_plain(chunk.document, str), _plain(chunk.start, int), _plain(chunk.end, int))
    told: list[Json] = [*place, _plain(item.score, float, int)]
    if known.get(place) != chunk.text:
        told.append(_plain(chunk.text, str))
    return told


def _passage_of(item: list[Any], known: Texts) -> Passage:
    document, start, end, score, *text = item
    told = text[0] if text else known[document, start, end]
    return Passage(Chunk(document, start, end, told), score)


def _plain(value: Any, *types: type) -> Any:
    """Return a value that JSON gives back as it was; subclasses it would not."""
    if type(value) not in types:
        raise NotKeptError(f"a {type(value).__name__} is not kept")
    return value
