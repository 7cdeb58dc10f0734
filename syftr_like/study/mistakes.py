"""What pydantic found wrong in a study file, told with file, line and plain words."""

from __future__ import annotations

from collections.abc import Sequence
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic import StringConstraints, ValidationError
from pydantic.fields import FieldInfo
from pydantic_core import ErrorDetails

from syftr_like.errors import InputError, nearest
from syftr_like.yaml_source import YamlSource

from .model import NAME_IN_WORDS, NAME_PATTERN, Section, StudyFile, section_at


def study_mistake(source: YamlSource, error: ValidationError) -> InputError:
    """Return the first mistake in a study file, by line, with the number of the others."""
    found = [_located(source, details) for details in _causes(error.errors())]
    first = min(found, key=lambda e: (_line(e), e.problem))
    if len(found) == 1:
        return first
    others = "mistake" if len(found) == 2 else "mistakes"
    return InputError(
        f"{first.problem} ({len(found) - 1} more {others} in this file)",
        location=first.location,
        found=first.found,
        expected=first.expected,
        nearest=first.nearest,
    )


def expected_value(field: FieldInfo) -> str:
    """Return in words what a key of the study file may hold."""
    return _type_in_words(field.annotation, field.metadata)


def _causes(mistakes: Sequence[ErrorDetails]) -> list[ErrorDetails]:
    """Return the mistakes without those that follow from another: a misspelt key is missing."""
    misspelt = {
        (details["loc"][:-1], _nearest_key(details))
        for details in mistakes
        if details["type"] == "extra_forbidden"
    }
    return [
        details
        for details in mistakes
        if details["type"] != "missing" or (details["loc"][:-1], details["loc"][-1]) not in misspelt
    ]


def _located(source: YamlSource, details: ErrorDetails) -> InputError:
    path = details["loc"]
    name = str(path[-1])
    if details["type"] == "extra_forbidden":
        return source.error(
            path,
            f"unknown key '{name}'",
            expected=f"one of {', '.join(_section(path).model_fields)}",
            nearest=_nearest_key(details),
            key=True,
        )
    if details["type"] == "missing":
        field = _section(path).model_fields[name]
        meaning = (field.description or expected_value(field)).rstrip(".")
        return source.error(
            path[:-1],
            f"the key '{name}' is missing",
            expected=f"`{name}: ...`, {meaning[:1].lower()}{meaning[1:]}",
        )
    if isinstance(path[-1], int):
        return source.error(
            path, f"an entry of '{path[-2]}' is not valid", expected="text that is not empty"
        )
    field = _section(path).model_fields[name]
    options = _options(field)
    of_option = source.location(path).line is None  # whose own name says enough
    return source.error(
        path,
        "this value is not valid" if of_option else f"the value of '{name}' is not valid",
        expected=expected_value(field),
        nearest=nearest(details["input"], options) if isinstance(details["input"], str) else None,
    )


def _section(path: Sequence[str | int]) -> type[Section]:
    """Return the section in which the last key of a path stands."""
    return section_at(path[:-1]) or StudyFile


def _nearest_key(details: ErrorDetails) -> str | None:
    return nearest(str(details["loc"][-1]), _section(details["loc"]).model_fields)


def _options(field: FieldInfo) -> tuple[str, ...]:
    return get_args(field.annotation) if get_origin(field.annotation) is Literal else ()


def _type_in_words(annotation: Any, metadata: Sequence[object]) -> str:
    origin = get_origin(annotation)
    if origin is Annotated:
        return _type_in_words(get_args(annotation)[0], annotation.__metadata__)
    if origin in (Union, UnionType):
        options = [_type_in_words(option, metadata) for option in get_args(annotation)]
        return ", or ".join(options)
    if annotation is type(None):
        return "null"
    if origin is Literal:
        return "one of " + ", ".join(get_args(annotation))
    if origin is list:
        return "a list, such as [first, second]"
    if isinstance(annotation, type) and issubclass(annotation, Section):
        return f"a mapping with {', '.join(annotation.model_fields)}"
    if annotation is str:
        return _text_in_words(metadata)
    return _number_in_words("a whole number" if annotation is int else "a number", metadata)


def _text_in_words(metadata: Sequence[object]) -> str:
    for item in metadata:
        if isinstance(item, StringConstraints) and item.pattern == NAME_PATTERN:
            return NAME_IN_WORDS
    return "text that is not empty"


def _number_in_words(what: str, metadata: Sequence[object]) -> str:
    bounds = []
    for item in metadata:
        if isinstance(item, Ge):
            bounds.append(f"from {item.ge:,}")
        elif isinstance(item, Gt):
            bounds.append(f"above {item.gt:,}")
        elif isinstance(item, Le):
            bounds.append(f"to {item.le:,}")
        elif isinstance(item, Lt):
            bounds.append(f"and below {item.lt:,}")
    return " ".join([what, *bounds])


def _line(error: InputError) -> int:
    return (error.location.line or 0) if error.location is not None else 0
