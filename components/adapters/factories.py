"""What a dotted path leads to: which class a factory makes, and what it can be given."""

from __future__ import annotations

import inspect
import typing


def product_of(factory: object) -> type | None:
    """Return the class that a factory makes, None when nothing says so.

    A class makes itself; a class method that promises no other class makes its own; a function
    makes what its return annotation says.
    """
    if isinstance(factory, type):
        return factory
    annotated = _return_annotation(factory)
    if annotated is not None:
        return annotated
    owner = getattr(factory, "__self__", None)
    return owner if isinstance(owner, type) else None


def makes(factory: object, *bases: type) -> bool:
    """Whether a factory makes an instance of one of the classes."""
    product = product_of(factory)
    return product is not None and issubclass(product, bases)


def takes(factory: object, name: str) -> bool:
    """Whether a factory has a parameter of that name."""
    try:
        return callable(factory) and name in inspect.signature(factory).parameters
    except ValueError:  # some built-in callables have no signature
        return False


def _return_annotation(factory: object) -> type | None:
    try:
        annotated = typing.get_type_hints(factory).get("return")
    except (NameError, TypeError):  # names that exist for type checkers only; not a function
        return None
    annotated = typing.get_origin(annotated) or annotated
    return annotated if isinstance(annotated, type) else None
