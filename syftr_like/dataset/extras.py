"""Packages that only some datasets need, imported when such a dataset is read."""

from __future__ import annotations

import importlib
from types import ModuleType

from syftr_like.errors import InputError, Location


def import_extra(module: str, *, extra: str, needed_for: str, location: Location) -> ModuleType:
    """Import an optional package.

    Args:
        module: Name of the module to import.
        extra: The extra of syftr-like that brings it.
        needed_for: What cannot be read without it, in the plural: "PDF files".
        location: The file that needs it.

    Raises:
        InputError: It is not installed; the message names the extra.
    """
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise InputError(
            f"{needed_for} need the extra '{extra}'",
            location=location,
            found=f"package '{module}' cannot be imported ({error})",
            expected=f"pip install 'syftr-like[{extra}]'",
        ) from error
