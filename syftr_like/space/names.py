"""What names mean at a place in a file: installed components, models, and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from syftr_like.contracts import Component, NodeComponent, Port
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import InputError, nearest

from .cursor import Cursor
from .tree import ComponentOption

NAME = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_-]*\Z")


def with_article(kind: str) -> str:
    """Return the name of a kind as it stands in a sentence: `a retriever`, `an llm`."""
    vowel = kind[0] in "aeio" or kind == "llm"
    return f"{'an' if vowel else 'a'} {kind.replace('_', ' ')}"


@dataclass(frozen=True)
class Place:
    """Where a component stands: what must it be, and how is the place called in messages.

    Attributes:
        base: Its class.
        what: The place in words.
        offered: The types that it can be fed with; None where nothing is wired.
        alone: Whether no other option takes what is offered, so that it has to take all of it.
        yields: The types that it may yield; None where any will do.
    """

    base: type[Component]
    what: str
    offered: frozenset[Port] | None = None
    alone: bool = False
    yields: frozenset[Port] | None = None

    def fits(self, cls: type[Component]) -> bool:
        """Whether a component of this class may stand here."""
        return issubclass(cls, self.base)

    def suits(self, cls: type[Component]) -> bool:
        """Whether one that may stand here can also be wired here: what is worth suggesting."""
        if self.offered is not None:
            needed = {wanted.port for wanted in cls.inputs.values() if wanted.required}
            taken = {wanted.port for wanted in cls.inputs.values()}
            if not needed <= self.offered or (self.alone and not self.offered <= taken):
                return False
        return self.yields is None or cls.output in self.yields

    @property
    def kind(self) -> str:
        """What must stand here, in words."""
        if self.base is NodeComponent:
            return "a component with inputs and an output"
        return with_article(str(getattr(self.base, "kind", "component")))


NODE = Place(NodeComponent, "a node")


@dataclass(frozen=True)
class Names:
    """What names mean in one file: installed components, the models, modules that may load."""

    models: Mapping[str, ComponentOption]
    allow_imports: tuple[str, ...]

    def option_names(self, place: Place) -> list[str]:
        """Names of all models and components that suit a place; of those that fit it, if none."""
        models = {name: component_class(o.component) for name, o in self.models.items()}
        components = {name: installed(name) for name in component_names()}
        fitting = {
            name: cls
            for name, cls in (*models.items(), *components.items())
            if cls is not None and place.fits(cls)
        }
        return [name for name, cls in fitting.items() if place.suits(cls)] or list(fitting)


def installed(name: object) -> type[Component] | None:
    """Return the component of a name; None where there is none, or its package is missing."""
    if name not in component_names():
        return None
    try:
        return component_class(str(name))
    except InputError:
        # A component whose package is missing cannot be offered; naming it says what is missing.
        return None


def find_component(
    cursor: Cursor, name: str, place: Place, names: Names, *, key: bool
) -> type[Component]:
    """Return the component of a name that stands at `cursor`, or with `key` is its key.

    Raises:
        InputError: Unknown, not installed, or of a kind that does not fit the place.
    """
    if name not in component_names():
        fitting = names.option_names(place)
        if name == "none" and place.base is not NODE.base:
            raise cursor.error(f"`none` cannot stand in {place.what}", expected=place.kind, key=key)
        raise cursor.error(
            f"unknown component '{name}'",
            found=name,
            expected=f"one of {', '.join(fitting)}",
            nearest=nearest(name, fitting) or nearest(name, component_names()),
            key=key,
        )
    try:
        cls = component_class(name)
    except InputError as error:
        raise cursor.at(error) from None
    check_fits(cursor, name, cls, place, names, key=key)
    return cls


def check_fits(
    cursor: Cursor,
    name: str,
    cls: type[Component],
    place: Place,
    names: Names,
    *,
    key: bool = False,
) -> None:
    """Check that a component fits the place.

    Raises:
        InputError: It is of another kind.
    """
    if place.fits(cls):
        return
    fitting = names.option_names(place)
    raise cursor.error(
        f"'{name}' is {with_article(cls.kind)} and cannot fill {place.what}",
        found=name,
        expected=f"{place.kind}: one of {', '.join(fitting)}",
        nearest=nearest(name, fitting),
        key=key,
    )
