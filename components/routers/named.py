"""Naming a branch: by its name, or by its place among the branches."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TypeAlias

from syftr_like.errors import ComponentError, nearest

BranchReference: TypeAlias = str | int
"""A branch's name, or its place in the `from` of the node, from 1."""


def branch_named(reference: BranchReference, names: Sequence[str]) -> str:
    """Return the name of the branch that is meant.

    Raises:
        ComponentError: There is no such branch.
    """
    if isinstance(reference, int):
        if 1 <= reference <= len(names):
            return names[reference - 1]
        raise ComponentError(f"there is no branch {reference}: there are {len(names)}")
    check_known([reference], names)
    return reference


def check_known(wanted: Iterable[str], names: Sequence[str]) -> None:
    """Check that every name is that of a branch.

    Raises:
        ComponentError: One is not.
    """
    for name in wanted:
        if name not in names:
            meant = nearest(name, names)
            hint = f"; did you mean '{meant}'?" if meant else ""
            raise ComponentError(f"there is no branch '{name}': there are {', '.join(names)}{hint}")
