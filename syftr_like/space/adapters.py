"""Factories named by dotted path: importing them, and finding the component that wraps them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from syftr_like.contracts import Adapter, load_object
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.errors import InputError

from .cursor import Cursor
from .names import Names, Place, with_article


def load_factory(cursor: Cursor, names: Names) -> Callable[..., Any]:
    """Import what a dotted path names, if it is allowed.

    Raises:
        InputError: Not allowed, not there, or failing while it is imported.
    """
    dotted = cursor.text("`uses`")
    try:
        return load_object(dotted, names.allow_imports)
    except InputError as error:
        raise cursor.at(error) from None
    except Exception as error:
        # The module is a stranger's: whatever goes wrong in it is reported at this line.
        raise cursor.error(
            f"importing '{dotted}' failed", found=f"{type(error).__name__}: {error}"
        ) from error


def find_adapter(uses: Cursor, option: str, place: Place, names: Names) -> type[Adapter]:
    """Return the component that wraps what the dotted path at `uses` names.

    Raises:
        InputError: The path is not allowed or wrong, or no adapter or several fit.
    """
    factory = load_factory(uses, names)
    adapters = [
        cls for cls in map(_installed, component_names()) if cls is not None and cls.adapts(factory)
    ]
    fitting = [cls for cls in adapters if place.fits(cls)]
    if not adapters:
        raise uses.error(
            "no installed component can wrap this", expected="a class that an adapter wraps"
        )
    if not fitting:
        kinds = " or ".join(sorted({with_article(cls.kind) for cls in adapters}))
        raise uses.error(f"this makes {kinds}, which cannot fill {place.what}", expected=place.kind)
    if len(fitting) > 1:
        adapter_names = ", ".join(cls.name for cls in fitting)
        raise uses.error(
            f"several components can wrap this: {adapter_names}",
            expected=f"one of them by name: `{{as: {option}, {fitting[0].name}: {{uses: ...}}}}`",
        )
    return fitting[0]


def check_adapter(cls: type[Adapter], uses: Cursor, names: Names) -> None:
    """Check that an adapter chosen by name wraps what the dotted path at `uses` names.

    Raises:
        InputError: It does not, or the path is not allowed or wrong.
    """
    if not cls.adapts(load_factory(uses, names)):
        raise uses.error(f"'{cls.name}' cannot wrap this", expected=f"what {cls.name} wraps")


def _installed(name: str) -> type[Adapter] | None:
    try:
        cls = component_class(name)
    except InputError:
        # An adapter whose package is missing cannot be the one that wraps an importable class.
        return None
    return cls if issubclass(cls, Adapter) else None
