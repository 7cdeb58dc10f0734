"""The grammar of a space as a JSON Schema, for editors; names and types from the catalogue.

A schema cannot say everything that loading checks (wiring, reachability, overlap). It says what
helps while typing: keys, component names, parameter names with descriptions, types and bounds.
"""

from __future__ import annotations

from typing import Any, TypeAlias

from syftr_like.contracts import Component, NodeComponent
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import InputError

from .fields import DeclaredParameter, declared_parameters, field_schema
from .models import SHORTHANDS

Schema: TypeAlias = dict[str, Any]

_NAME = {"type": "string", "pattern": "^[A-Za-z0-9_][A-Za-z0-9_-]*$"}
_NODE_NAME = r"^(?!(documents|question|none)$)[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*$"
_SCALAR = {"type": ["boolean", "number", "string", "null"]}
_BOUNDS = ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf")


def space_json_schema() -> Schema:
    """Return the JSON Schema (draft 2020-12) of a search space.

    A component whose own package is missing is offered without its parameters.
    """
    classes = {name: _installed(name) for name in component_names()}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "syftr-like search space",
        "type": "object",
        "required": ["graph", "output"],
        "additionalProperties": False,
        "properties": {
            "models": {
                "description": "Configured components, used by name in the graph.",
                "type": "object",
                "propertyNames": _NAME,
                "additionalProperties": {"$ref": "#/$defs/model"},
            },
            "graph": {"$ref": "#/$defs/graph"},
            "output": {"description": "The node whose value is the result.", "type": "string"},
            "forbid": {
                "description": "Combinations of decisions that no flow may have.",
                "type": "array",
                "items": {"$ref": "#/$defs/rule"},
            },
        },
        "$defs": {
            "graph": {
                "description": "Nodes by name.",
                "type": "object",
                "minProperties": 1,
                "propertyNames": {"pattern": _NODE_NAME},
                "additionalProperties": {"$ref": "#/$defs/node"},
            },
            "node": _node(),
            "model": _model(classes),
            "rule": _rule(),
            "argument": _argument(),
            "node option": _option(_fitting(classes, NodeComponent), at_node=True),
            **{
                f"{base.__name__} option": _option(_fitting(classes, base), at_node=False)
                for base in _parameter_bases(classes)
            },
            **{f"{name} parameters": _parameters(cls) for name, cls in classes.items()},
            **_inner_definitions(classes),
        },
    }


def _installed(name: str) -> type[Component] | None:
    try:
        return component_class(name)
    except InputError:
        # Its package is missing: the name is valid, what it declares cannot be read.
        return None


def _fitting(classes: dict[str, type[Component] | None], base: type[Component]) -> list[str]:
    return [name for name, cls in classes.items() if cls is None or issubclass(cls, base)]


def _declared(cls: type[Component] | None) -> tuple[DeclaredParameter, ...]:
    return () if cls is None else declared_parameters(cls)


def _parameter_bases(classes: dict[str, type[Component] | None]) -> list[type[Component]]:
    bases = {p.base for cls in classes.values() for p in _declared(cls) if p.base is not None}
    return sorted(bases, key=lambda base: base.__name__)


def _node() -> Schema:
    named = {"type": "object", "additionalProperties": {"type": "string"}}
    entry: Schema = {
        "anyOf": [{"type": "string"}, {**named, "minProperties": 1, "maxProperties": 1}]
    }
    return {
        "type": "object",
        "required": ["choose"],
        "additionalProperties": False,
        "properties": {
            "from": {
                "description": "What feeds the node: `documents`, `question` or other nodes.",
                "anyOf": [entry, {"type": "array", "items": entry, "minItems": 1}],
            },
            "choose": {
                "description": "The options; with one option there is nothing to decide.",
                "type": "array",
                "minItems": 1,
                "items": {"$ref": "#/$defs/node option"},
            },
        },
    }


def _option(names: list[str], *, at_node: bool) -> Schema:
    known = [*(["none"] if at_node else []), *names]
    forms: list[Schema] = [
        {"anyOf": [{"enum": known}, _NAME]},
        _component_form(names),
        _uses_form(),
    ]
    if at_node:
        forms += [
            {
                "type": "object",
                "required": ["as", "flow"],
                "additionalProperties": False,
                "properties": {
                    "as": _NAME,
                    "flow": {
                        "description": "Another space file, relative to this one.",
                        "type": "string",
                    },
                },
            },
            {
                "type": "object",
                "required": ["as", "graph", "output"],
                "additionalProperties": False,
                "properties": {
                    "as": _NAME,
                    "graph": {"$ref": "#/$defs/graph"},
                    "output": {"type": "string"},
                },
            },
        ]
    return {"anyOf": forms}


def _component_form(names: list[str]) -> Schema:
    return {
        "type": "object",
        "additionalProperties": False,
        "properties": {
            "as": _NAME,
            **{name: {"$ref": f"#/$defs/{name} parameters"} for name in names},
        },
        "oneOf": [{"required": [name]} for name in names],
    }


def _uses_form() -> Schema:
    return {
        "type": "object",
        "required": ["as", "uses"],
        "properties": {
            "as": _NAME,
            "uses": {
                "description": "A class of an allowed module: `package.module:name`.",
                "type": "string",
                "pattern": "^[^:]+:[^:]+$",
            },
            "arguments": {"$ref": "#/$defs/argument"},
        },
    }


def _argument() -> Schema:
    return {
        "description": "Keyword arguments; a domain may stand anywhere inside.",
        "type": "object",
        "propertyNames": {"pattern": "^[A-Za-z_][A-Za-z0-9_]*$"},
    }


def _rule() -> Schema:
    return {
        "type": "object",
        "minProperties": 1,
        "additionalProperties": {
            "anyOf": [
                _SCALAR,
                {"type": "array", "items": _SCALAR, "minItems": 1},
                {
                    "type": "object",
                    "minProperties": 1,
                    "additionalProperties": False,
                    "properties": {"min": {"type": "number"}, "max": {"type": "number"}},
                },
            ]
        },
    }


def _model(classes: dict[str, type[Component] | None]) -> Schema:
    forms = [_component_form(list(classes))]
    uses = _uses_form()
    forms.append({**uses, "required": ["uses"], "not": {"required": ["as"]}})
    for key, component in SHORTHANDS.items():
        if component not in classes:
            continue
        own = {p.name: p for p in _declared(classes[component])}
        forms.append(
            {
                "type": "object",
                "required": [key],
                "additionalProperties": False,
                "properties": {
                    key: {"description": "provider:model", "type": "string"},
                    **{name: _literal(p) for name, p in own.items() if name != "model"},
                },
            }
        )
    return {"anyOf": forms}


def _parameters(cls: type[Component] | None) -> Schema:
    if cls is None:
        return {"description": "Its package is not installed here.", "type": ["object", "null"]}
    declared = declared_parameters(cls)
    required = [
        p.name
        for p in declared
        if not p.when and p.component_default is None and (p.base is not None or not p.default)
    ]
    written: Schema = {
        "type": "object",
        "additionalProperties": False,
        "properties": {p.name: _value(p) for p in declared},
    }
    if required:
        return {"description": cls.summary(), **written, "required": required}
    return {
        "description": cls.summary(),
        "anyOf": [written, {"const": "auto"}, {"type": "null"}],
    }


def _value(item: DeclaredParameter) -> Schema:
    """Return what may stand for a parameter: a literal or a component, or a choice of them."""
    description = {"description": item.field.description or item.name}
    if item.base is not None:
        option = {"$ref": f"#/$defs/{item.base.__name__} option"}
        return {**description, "anyOf": [option, _choose(option)]}
    if item.is_record:
        return {"$ref": "#/$defs/argument"}
    literal = _literal(item)
    forms: list[Schema] = [literal, _choose(literal)]
    numbers = [s for s in literal.get("anyOf", [literal]) if s.get("type") in ("integer", "number")]
    for number in numbers:
        bounds = {key: number[key] for key in _BOUNDS if key in number}
        forms.append(_range("int", {"type": "integer", **bounds}))
        if number["type"] == "number":
            forms.append(_range("float", {"type": "number", **bounds}))
    return {**description, "anyOf": forms}


def _choose(item: Schema) -> Schema:
    return {
        "type": "object",
        "required": ["choose"],
        "additionalProperties": False,
        "properties": {"choose": {"type": "array", "items": item, "minItems": 1}},
    }


def _range(kind: str, end: Schema) -> Schema:
    return {
        "type": "object",
        "required": [kind],
        "additionalProperties": False,
        "properties": {
            kind: {"type": "array", "items": end, "minItems": 2, "maxItems": 2},
            "step": {"type": end["type"], "exclusiveMinimum": 0},
            "log": {"type": "boolean"},
        },
    }


def _literal(item: DeclaredParameter) -> Schema:
    if item.base is not None:
        return {"$ref": f"#/$defs/{item.base.__name__} option"}
    literal, _ = field_schema(item.owner, item.name)
    return literal


def _inner_definitions(classes: dict[str, type[Component] | None]) -> Schema:
    return {
        name: definition
        for cls in classes.values()
        for p in _declared(cls)
        if p.base is None
        for name, definition in field_schema(p.owner, p.name)[1].items()
    }
