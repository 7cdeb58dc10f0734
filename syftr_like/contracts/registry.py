"""Finding components and evaluators through entry points.

Built-in ones and a third party's are found in exactly the same way: a package names its classes
in the entry-point groups below, each under the class's own `name`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from importlib.metadata import EntryPoint, entry_points

from syftr_like.errors import InputError, nearest

from .component import Component
from .evaluator import Evaluator

COMPONENTS_GROUP = "syftr_like.components"
EVALUATORS_GROUP = "syftr_like.evaluators"


@cache
def _found(group: str) -> Mapping[str, EntryPoint]:
    """Return the entry points of a group by name.

    Raises:
        InputError: Two packages give the same name to different classes.
    """
    found: dict[str, EntryPoint] = {}
    for point in entry_points(group=group):
        other = found.setdefault(point.name, point)
        if other.value != point.value:
            raise InputError(
                f"two installed packages name an entry point '{point.name}' in {group}",
                found=f"{other.value} and {point.value}",
                expected="one of the packages to be removed or its component renamed",
            )
    return found


def component_names() -> list[str]:
    """Return the names of all installed components, sorted."""
    return sorted(_found(COMPONENTS_GROUP))


def evaluator_names() -> list[str]:
    """Return the names of all installed evaluators, sorted."""
    return sorted(_found(EVALUATORS_GROUP))


@cache
def component_class(name: str) -> type[Component]:
    """Return the component class of a name.

    Raises:
        InputError: No installed package provides it, or what it provides is no component.
    """
    loaded = _load(COMPONENTS_GROUP, name, "component")
    if not (isinstance(loaded, type) and issubclass(loaded, Component)):
        raise InputError(
            f"the entry point '{name}' is not a component",
            found=repr(loaded),
            expected="a subclass of syftr_like.contracts.Component",
        )
    _check_name(loaded.name, name)
    return loaded


@cache
def evaluator(name: str) -> Evaluator:
    """Return the evaluator of a name.

    Raises:
        InputError: No installed package provides it, or what it provides is no evaluator.
    """
    loaded = _load(EVALUATORS_GROUP, name, "evaluator")
    if not (isinstance(loaded, type) and issubclass(loaded, Evaluator)):
        raise InputError(
            f"the entry point '{name}' is not an evaluator",
            found=repr(loaded),
            expected="a subclass of syftr_like.contracts.Evaluator",
        )
    _check_name(loaded.name, name)
    return loaded()


def _load(group: str, name: str, what: str) -> object:
    points = _found(group)
    if name not in points:
        raise InputError(
            f"unknown {what} '{name}'",
            found=name,
            expected=f"one of {', '.join(sorted(points))}",
            nearest=nearest(name, points),
        )
    try:
        return points[name].load()
    except ImportError as error:
        raise InputError(
            f"the {what} '{name}' cannot be imported",
            found=str(error),
            expected=f"the packages that {points[name].value} needs to be installed",
        ) from error


def _check_name(declared: str, entry_point: str) -> None:
    if declared != entry_point:
        raise InputError(
            f"the entry point '{entry_point}' leads to a class that calls itself '{declared}'",
            found=declared,
            expected=entry_point,
        )
