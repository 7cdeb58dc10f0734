"""What names mean at a place in a file: installed components, models, and what may stand there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from syftr_like.contracts import Component, NodeComponent
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
    """Where a component stands: what must it be, and how is the place called in messages."""

    base: type[Component]
    what: str

    def fits(self, cls: type[Component]) -> bool:
        """Whether a component of this class may stand here."""
        return issubclass(cls, self.base)

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
        """Names of all models and components that fit a place."""
        models = [m for m, o in self.models.items() if place.fits(component_class(o.component))]
        return [*models, *(n for n in component_names() if _installed_fits(n, place))]


def _installed_fits(name: str, place: Place) -> bool:
    try:
        return place.fits(component_class(name))
    except InputError:
        # A component whose package is missing cannot be offered; naming it says what is missing.
        return False


def find_component(
    cursor: Cursor, name: str, place: Place, names: Names, *, key: bool
) -> type[Component]:
    """Return the component of a name that stands at `cursor`, or with `key` is its key.

    Raises:
        InputError: Unknown, not installed, or of a kind that does not fit the place.
    """
    if name not in component_names():
        fitting = names.option_names(place)
        if name == "none" and place is not NODE:
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
