"""What is installed, as data: derived from the components' and metrics' own declarations."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any, Literal, get_args, get_origin

from annotated_types import Ge, Gt, Le, Lt
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from syftr_like.contracts import ChoiceDomain, Component, Domain, traits
from syftr_like.contracts.registry import (
    component_class,
    component_names,
    evaluator,
    evaluator_names,
)


@dataclass(frozen=True, slots=True)
class ParameterEntry:
    """A parameter: its name, type with bounds, default and meaning, in words.

    `search` is the domain that `auto` searches, empty where there is none.
    """

    name: str
    type: str
    default: str
    description: str
    when: str
    search: str = ""

    @property
    def text(self) -> str:
        """One line for people."""
        default = f", default {self.default}" if self.default else ""
        when = f" (when {self.when})" if self.when else ""
        return f"{self.type}{default}: {self.description}{when}"


@dataclass(frozen=True, slots=True)
class ComponentEntry:
    """A component with its parameters."""

    name: str
    kind: str
    summary: str
    version: int
    parameters: tuple[ParameterEntry, ...]
    provided_by: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


@dataclass(frozen=True, slots=True)
class MetricEntry:
    """A metric."""

    name: str
    direction: str
    unit: str
    summary: str
    version: int
    provided_by: str

    def to_json(self) -> dict[str, Any]:
        """Return it as JSON."""
        return asdict(self)


def components_catalogue() -> list[ComponentEntry]:
    """Return every installed component, by kind and name."""
    entries = []
    for name in component_names():
        cls = component_class(name)
        entries.append(
            ComponentEntry(
                name=name,
                kind=cls.kind.value,
                summary=cls.summary(),
                version=cls.version,
                parameters=tuple(
                    _parameter(field_name, field)
                    for field_name, field in cls.Parameters.model_fields.items()
                ),
                provided_by=cls.__module__,
            )
        )
    return sorted(entries, key=lambda entry: (entry.kind, entry.name))


def metrics_catalogue() -> list[MetricEntry]:
    """Return every installed metric by name."""
    metrics = [evaluator(name) for name in evaluator_names()]
    return [
        MetricEntry(m.name, m.direction.value, m.unit, m.summary(), m.version, type(m).__module__)
        for m in metrics
    ]


def _parameter(name: str, field: FieldInfo) -> ParameterEntry:
    own = traits(field)
    default = ""
    if own.component_default is not None:
        default = own.component_default
    elif field.default is not PydanticUndefined:
        default = repr(field.default)
    conditions = [
        f"{sibling} is {' or '.join(str(v) for v in values)}"
        for sibling, values in (own.when or {}).items()
    ]
    return ParameterEntry(
        name,
        _type_text(field),
        default,
        field.description or "",
        " and ".join(conditions),
        "" if own.search is None else _domain_text(own.search),
    )


def _domain_text(domain: Domain) -> str:
    if isinstance(domain, ChoiceDomain):
        return ", ".join(str(option) for option in domain.options)
    step = "" if domain.step in (None, 1) else f" in steps of {domain.step:g}"
    return f"{domain.low} to {domain.high}{step}{', logarithmic' if domain.log else ''}"


def _type_text(field: FieldInfo) -> str:
    annotation: Any = field.annotation
    if isinstance(annotation, type) and issubclass(annotation, Component):
        return f"{annotation.kind.value}"
    text = _annotation_text(annotation)
    bounds = []
    for item in field.metadata:
        if isinstance(item, Ge):
            bounds.append(f">= {item.ge}")
        elif isinstance(item, Gt):
            bounds.append(f"> {item.gt}")
        elif isinstance(item, Le):
            bounds.append(f"<= {item.le}")
        elif isinstance(item, Lt):
            bounds.append(f"< {item.lt}")
    return f"{text} {', '.join(bounds)}" if bounds else text


def _annotation_text(annotation: Any) -> str:
    if annotation is type(None):
        return "none"
    if get_origin(annotation) is Literal:
        return " | ".join(str(value) for value in get_args(annotation))
    options = get_args(annotation)
    if get_origin(annotation) is list:
        return f"list of {_annotation_text(options[0])}"
    if options and get_origin(annotation) is not dict:
        return " | ".join(_annotation_text(option) for option in options)
    return getattr(annotation, "__name__", str(annotation))
