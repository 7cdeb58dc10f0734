"""Factories named by dotted path: importing them, and finding the component that wraps them."""

from __future__ import annotations

import inspect
import shlex
from collections.abc import Callable, Sequence
from pathlib import Path
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
        folder = _folder_beside(cursor, dotted, error.__cause__)
        if folder is None:
            raise cursor.at(error) from None
        raise cursor.error(
            f"the module '{_top(dotted)}' stands beside this file, where modules are not looked"
            " for: workers run elsewhere",
            found=str(folder),
            expected=f"its folder in PYTHONPATH: `PYTHONPATH={shlex.quote(str(folder))} optimize"
            " ...`, or a package that is installed",
        ) from None
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
    known = [cls for cls in map(_installed, component_names()) if cls is not None]
    adapters = [cls for cls in known if cls.adapts(factory)]
    fitting = [cls for cls in adapters if place.fits(cls)]
    if not adapters:
        raise uses.error(
            "no installed component can wrap this",
            found=_described(factory),
            expected=_wrapped([cls for cls in known if place.fits(cls)] or known),
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
    factory = load_factory(uses, names)
    if not cls.adapts(factory):
        raise uses.error(
            f"'{cls.name}' cannot wrap this", found=_described(factory), expected=_wrapped([cls])
        )


def _described(factory: Callable[..., Any]) -> str:
    """Return what stands at a dotted path, and what it says of what it makes."""
    name = getattr(factory, "__qualname__", repr(factory))
    if isinstance(factory, type):
        bases = ", ".join(base.__name__ for base in factory.__bases__)
        return f"the class {name}, which is derived from {bases}"
    try:
        promised = inspect.signature(factory).return_annotation
    except (TypeError, ValueError):  # some callables have no signature
        promised = inspect.Signature.empty
    if promised is inspect.Signature.empty:
        return f"{name}, which does not say what it returns"
    return f"{name}, which returns {getattr(promised, '__name__', promised)}"


def _wrapped(adapters: Sequence[type[Adapter]]) -> str:
    """Return what adapters wrap, as what is expected at a dotted path."""
    bases = sorted({cls.wraps for cls in adapters if cls.wraps})
    if not bases:
        return f"what {' or '.join(cls.name for cls in adapters)} wraps"
    return (
        f"a class derived from {' or '.join(bases)}, or a function whose return annotation is one"
        " that is imported when the module runs"
    )


def _folder_beside(cursor: Cursor, dotted: str, cause: BaseException | None) -> Path | None:
    """Return the folder of the file at `cursor` or the current one, if the missing module is there.

    Args:
        cursor: Where the dotted path stands.
        dotted: The dotted path.
        cause: Why the module could not be imported.
    """
    top = _top(dotted)
    if not isinstance(cause, ModuleNotFoundError) or cause.name != top:
        return None
    for folder in (cursor.source.folder, Path()):
        if (folder / f"{top}.py").is_file() or (folder / top).is_dir():
            return folder.resolve()
    return None


def _top(dotted: str) -> str:
    return dotted.partition(":")[0].partition(".")[0]


def _installed(name: str) -> type[Adapter] | None:
    try:
        cls = component_class(name)
    except InputError:
        # An adapter whose package is missing cannot be the one that wraps an importable class.
        return None
    return cls if issubclass(cls, Adapter) else None
