"""The declared parameters of a component: checking literals, defaults, conditions.

All of it is read from the component's pydantic `Parameters`, which is the one place where a
parameter is described.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError, create_model
from pydantic.fields import FieldInfo
from pydantic_core import PydanticUndefined

from syftr_like.contracts import Adapter, Component, Domain, Json, traits
from syftr_like.errors import InputError
from syftr_like.yaml_source import mistake_in_words

from .cursor import Cursor


@dataclass(frozen=True)
class DeclaredParameter:
    """One declared parameter of a component class.

    Attributes:
        owner: The component class.
        name: Name of the parameter.
        base: The component base class, for a parameter that holds a component.
        component_default: Catalogue name of the default, for a parameter that holds a component.
        search: The domain that the component suggests.
        when: Sibling parameters, and values of theirs, under which it exists.
        is_record: Whether domains may stand inside it: the keyword arguments of an adapter.
    """

    owner: type[Component]
    name: str
    field: FieldInfo
    base: type[Component] | None
    component_default: str | None
    search: Domain | None
    when: Mapping[str, tuple[Json, ...]]
    is_record: bool

    def check(self, value: object, cursor: Cursor) -> Json:
        """Return a literal in the form that the parameter's type gives it.

        Raises:
            InputError: The literal has the wrong type or is out of bounds.
        """
        try:
            return self.normal(value)
        except ValidationError as error:
            details = error.errors()[0]
            problem, expected, suggestion = mistake_in_words(details)
            raise cursor.deepest(details["loc"][1:]).error(
                f"'{self.name}' of '{self.owner.name}': {problem}",
                expected=expected,
                nearest=suggestion,
            ) from None

    def normal(self, value: object) -> Json:
        """Return a value as the JSON form that equal values share.

        Raises:
            pydantic.ValidationError: The value is not valid.
        """
        model = _one_field_model(self.owner, self.name)
        dumped: Json = model.model_validate({self.name: value}).model_dump(mode="json")[self.name]
        return dumped

    @property
    def default(self) -> tuple[Json, ...]:
        """The default as JSON in a one-element tuple; an empty tuple when there is none."""
        value: Any = self.field.get_default(call_default_factory=True, validated_data={})
        if value is PydanticUndefined:
            return ()
        model = _one_field_model(self.owner, self.name)
        return (model.model_construct(**{self.name: value}).model_dump(mode="json")[self.name],)


@cache
def declared_parameters(cls: type[Component]) -> tuple[DeclaredParameter, ...]:
    """Return the parameters of a component, each after those that its existence depends on.

    Raises:
        InputError: What the component declares contradicts itself.
    """
    fields = cls.Parameters.model_fields
    found: dict[str, DeclaredParameter] = {}
    for name, field in fields.items():
        trait = traits(field)
        kind = field.annotation
        base = kind if isinstance(kind, type) and issubclass(kind, Component) else None
        found[name] = DeclaredParameter(
            owner=cls,
            name=name,
            field=field,
            base=base,
            component_default=trait.component_default,
            search=trait.search,
            when=trait.when or {},
            is_record=issubclass(cls, Adapter) and name == "arguments",
        )
    return tuple(_by_dependency(cls.name, found))


def _by_dependency(
    component: str, found: Mapping[str, DeclaredParameter]
) -> list[DeclaredParameter]:
    ordered: dict[str, DeclaredParameter] = {}
    waiting = dict(found)
    while waiting:
        ready = [p for p in waiting.values() if all(s in ordered for s in p.when)]
        if not ready:
            raise InputError(
                f"the component '{component}' declares `when` conditions on parameters that do"
                " not exist or that depend on each other",
                found=", ".join(waiting),
                expected="conditions on other declared parameters, without a cycle",
            )
        for parameter in ready:
            ordered[parameter.name] = waiting.pop(parameter.name)
    return list(ordered.values())


@cache
def _one_field_model(cls: type[Component], name: str) -> type[BaseModel]:
    """Return a model with this one field, so that it can be validated without its siblings."""
    field = cls.Parameters.model_fields[name]
    config = ConfigDict(strict=True, extra="forbid", arbitrary_types_allowed=True)
    fields: dict[str, Any] = {name: (field.annotation, field)}
    return create_model(f"{cls.name}.{name}", __config__=config, **fields)


@cache
def field_schema(cls: type[Component], name: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the JSON Schema of a parameter's literal, and the definitions that it refers to."""
    template = f"#/$defs/{cls.name}.{name}.{{model}}"
    schema = _one_field_model(cls, name).model_json_schema(ref_template=template)
    definitions = {
        f"{cls.name}.{name}.{key}": value for key, value in schema.get("$defs", {}).items()
    }
    return schema["properties"][name], definitions
