"""Components that wrap a class named by dotted path in a space (`uses: package.module:Factory`).

Importing by dotted path is code execution, so it happens in one place only, behind an allow-list
of module prefixes.
"""

from __future__ import annotations

import hashlib
import importlib
import inspect
from abc import abstractmethod
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

from syftr_like.errors import InputError

from .component import Component
from .parameters import ComponentParameters, parameter


class AdapterParameters(ComponentParameters):
    """Parameters of every adapter."""

    uses: str = parameter(..., "Dotted path of a class or factory: `package.module:name`.")
    arguments: dict[str, Any] = parameter({}, "Keyword arguments it is called with.")


class Adapter(Component):
    """A component made from a factory that the engine imports and binds after construction.

    Attributes:
        wraps: The class whose instances it wraps, such as `BaseRetriever`: told to who names
            something else.
    """

    Parameters = AdapterParameters
    wraps: ClassVar[str] = ""
    _factory: Callable[..., Any] | None = None

    @classmethod
    @abstractmethod
    def adapts(cls, factory: object) -> bool:
        """Whether this adapter can wrap what stands at the dotted path."""

    def bind(self, factory: Callable[..., Any]) -> None:
        """Hand over the imported factory; called once, before any use."""
        self._factory = factory

    @property
    def factory(self) -> Callable[..., Any]:
        """The bound factory.

        Raises:
            RuntimeError: Nothing was bound.
        """
        if self._factory is None:
            raise RuntimeError(f"the adapter for {self.parameters.uses} is not bound")
        return self._factory

    def describe(self) -> dict[str, Any]:
        """Return name, version, parameters, and a digest of the code that is adapted.

        Nobody raises a version when they edit their own class, and what an earlier edition gave
        must not be found in the cache. The digest covers the file in which it is defined.
        """
        described = super().describe()
        return described if self._factory is None else {**described, "code": _code(self._factory)}


@cache
def _code(factory: Callable[..., Any]) -> str:
    """Return a digest of the file that defines a factory; empty where there is no such file."""
    try:
        file = inspect.getsourcefile(inspect.unwrap(factory))
    except TypeError:  # built in
        file = None
    if file is None or not Path(file).is_file():
        return ""
    return hashlib.blake2b(Path(file).read_bytes(), digest_size=16).hexdigest()


def load_object(dotted: str, allowed: Sequence[str]) -> Callable[..., Any]:
    """Import `package.module:name` (also `:Class.method`) if its module is allowed.

    Args:
        dotted: The path.
        allowed: Module prefixes; `acme` allows `acme` and `acme.anything`, not `acmetools`.

    Raises:
        InputError: Malformed, not allowed, or not there.
    """
    module_name, colon, attribute = dotted.partition(":")
    if not colon or not module_name or not attribute:
        raise InputError("this is not a dotted path", found=dotted, expected="package.module:name")
    if not any(module_name == p or module_name.startswith(p + ".") for p in allowed):
        raise InputError(
            f"importing from '{module_name}' is not allowed",
            found=dotted,
            expected=(
                f"a module under one of: {', '.join(allowed)}"
                if allowed
                else "the module's prefix in the study's allow_imports, or --allow-import"
            ),
        )
    try:
        found: Any = importlib.import_module(module_name)
    except ImportError as error:
        raise InputError(
            f"the module '{module_name}' cannot be imported",
            found=str(error),
            expected="a module that is installed, or whose folder is in PYTHONPATH",
        ) from error
    for part in attribute.split("."):
        if not hasattr(found, part):
            raise InputError(
                f"'{module_name}' has no '{attribute}'", found=dotted, expected="an existing name"
            )
        found = getattr(found, part)
    if not callable(found):
        raise InputError(f"'{dotted}' cannot be called", found=repr(found), expected="a class")
    return found  # type: ignore[no-any-return]
