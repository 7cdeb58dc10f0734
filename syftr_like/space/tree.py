"""A loaded search space: slots to fill, options for each, and a value for each parameter.

Everything here is plain frozen data, so a space can be pickled in memory (for Ray) and compared.

Sub-graphs are laid flat: a node is a `Slot`, and so is each node of a sub-graph, named after the
path that leads to it (`answer.rag.passages`). An option of a slot either holds a component whose
inputs are wired to other slots, or is an alias of another slot: `none` is an alias of the node
that it passes on, a sub-graph is an alias of its output.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields, is_dataclass
from typing import TypeAlias

from syftr_like.contracts import ChoiceDomain, Domain, Json, Port

Scalar: TypeAlias = bool | int | float | str | None
"""What a decision may yield."""

SOURCES: Mapping[str, Port] = {
    "documents": Port.DOCUMENTS,
    "question": Port.QUESTION,
    "examples": Port.EXAMPLES,
}
"""What every flow is given: `examples` are the labelled questions of the tune split."""


@dataclass(frozen=True, slots=True)
class Fixed:
    """A parameter with one value, as JSON in the form that the parameter's type gives it."""

    value: Json


@dataclass(frozen=True, slots=True)
class Searched:
    """A decision among values. `real` says that the parameter wants even whole numbers as float."""

    path: str
    domain: Domain
    real: bool = False


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter that holds a component; with two options or more, a decision."""

    path: str
    options: tuple[ComponentOption, ...]


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping with values inside it: the keyword arguments of an adapted factory."""

    items: tuple[tuple[str, Value], ...]


Value: TypeAlias = Fixed | Searched | Choice | Record


def possible_values(value: Value) -> tuple[Json, ...]:
    """Return what a parameter may be: of a range its ends; nothing of components and mappings."""
    if isinstance(value, Fixed):
        return (value.value,)
    if not isinstance(value, Searched):
        return ()
    domain = value.domain
    return domain.options if isinstance(domain, ChoiceDomain) else (domain.low, domain.high)


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter of a component.

    Attributes:
        name: Its name.
        value: What it may be.
        default: What it is when it is left out: a one-element tuple with the JSON value, or with
            the catalogue name of a component; an empty tuple when it must be given.
        when: Sibling parameters and the values that they must have for this one to exist. Those
            siblings stand before it in the component's parameters.
    """

    name: str
    value: Value
    default: tuple[Json, ...] = ()
    when: tuple[tuple[str, tuple[Json, ...]], ...] = ()


@dataclass(frozen=True, slots=True)
class ComponentOption:
    """A component with what its parameters may be."""

    name: str
    component: str
    parameters: tuple[Parameter, ...] = ()

    @property
    def controllers(self) -> frozenset[str]:
        """Names of the parameters that decide whether others exist."""
        return frozenset(sibling for p in self.parameters for sibling, _ in p.when)


@dataclass(frozen=True, slots=True)
class SlotOption:
    """One way to fill a slot: by a component, or as an alias of another slot or a source."""

    name: str
    component: ComponentOption | None = None
    inputs: tuple[tuple[str, str], ...] = ()
    alias: str | None = None

    @property
    def needs(self) -> tuple[str, ...]:
        """The slots and sources that this option is fed by."""
        if self.alias is not None:
            return (self.alias,)
        return tuple(target for _, target in self.inputs)


@dataclass(frozen=True, slots=True)
class Slot:
    """A node to fill; with two options or more, a decision at the path `name`."""

    name: str
    port: Port
    options: tuple[SlotOption, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """Slots in the order in which they are decided, and the one whose value is the result.

    The order is fixed by the file: a slot comes after every slot that may need it, so that whether
    it is needed is known when its turn comes; among slots that could come next, the one that
    stands last in the file does.
    """

    slots: tuple[Slot, ...]
    output: str

    def decisions(self) -> Iterator[tuple[str, Domain | tuple[str, ...]]]:
        """Yield the path of every decision with its domain, or the names of its options."""
        for slot in self.slots:
            if len(slot.options) > 1:
                yield slot.name, tuple(option.name for option in slot.options)
            for option in slot.options:
                if option.component is not None:
                    yield from component_decisions(option.component)


def component_decisions(
    option: ComponentOption,
) -> Iterator[tuple[str, Domain | tuple[str, ...]]]:
    """Yield the decisions among the parameters of a component, at any depth."""
    for parameter in option.parameters:
        yield from _value_decisions(parameter.value)


def _value_decisions(value: Value) -> Iterator[tuple[str, Domain | tuple[str, ...]]]:
    if isinstance(value, Searched):
        yield value.path, value.domain
    elif isinstance(value, Choice):
        if len(value.options) > 1:
            yield value.path, tuple(option.name for option in value.options)
        for option in value.options:
            yield from component_decisions(option)
    elif isinstance(value, Record):
        for _, item in value.items:
            yield from _value_decisions(item)


def same_value(one: object, other: object) -> bool:
    """Whether two JSON values are equal; unlike `==`, true is not 1. Numbers compare by value."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, Mapping) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same_value(one[k], other[k]) for k in one)
    if isinstance(one, list | tuple) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same_value, one, other))
    return one == other


def plain_data(part: object) -> Json:
    """Return a part of a tree as JSON, so that its content can be digested."""
    if is_dataclass(part):
        content = {f.name: plain_data(getattr(part, f.name)) for f in fields(part)}
        return {"is": type(part).__name__, **content}
    if isinstance(part, Mapping):
        return {str(key): plain_data(value) for key, value in part.items()}
    if isinstance(part, list | tuple):
        return [plain_data(item) for item in part]
    if isinstance(part, bool | int | float | str | None):
        return part
    raise TypeError(f"a tree holds no {type(part).__name__}")
