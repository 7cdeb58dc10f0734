"""What all adapters take: arguments without secrets, and the object made with them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, ConfigDict

from syftr_like.contracts import Adapter, AdapterParameters, parameter
from syftr_like.errors import InputError

from ..missing import cannot_be_used, is_missing
from ..prices import ModelPrice
from ..retries import told

T = TypeVar("T")

_SECRET = re.compile(
    r"(api|access|secret|private|subscription)_?key|secret|password|auth_?token|"
    r"(api|access|bearer)_?token",
    re.IGNORECASE,
)


def _without_secrets(arguments: dict[str, Any]) -> dict[str, Any]:
    """Refuse keys and passwords: arguments are written to the ledger and the reports."""
    for name in _names(arguments):
        if _SECRET.search(name):
            raise ValueError(
                f"'{name}' looks like a secret; the class must read it from the environment"
            )
    return arguments


class LangchainParameters(AdapterParameters):
    """Parameters of every adapter of this package."""

    # A refused secret must not be repeated in the message that refuses it.
    model_config = ConfigDict(hide_input_in_errors=True)

    arguments: Annotated[dict[str, Any], AfterValidator(_without_secrets)] = parameter(
        {}, "Keyword arguments it is called with; secrets come from the environment instead."
    )


class NetworkParameters(LangchainParameters):
    """Parameters of adapters whose class may or may not wait for a network."""

    network: bool = parameter(
        False,
        "Whether it waits for a network; then several questions are in flight at a time, "
        "otherwise it runs as computation, one at a time.",
    )


class InnerModelParameters(NetworkParameters):
    """Parameters of adapters whose class may call language models of its own."""

    price: ModelPrice | Literal["free"] | None = parameter(
        None, "Price of language models called inside, if any; null takes the price list's."
    )


def made(adapter: Adapter, expected: Callable[..., T], **more: Any) -> T:
    """Call the adapter's factory with its arguments, and `more`, and check what it returns.

    Args:
        adapter: The adapter, bound.
        expected: The class of which an instance must be returned.
        **more: Further keyword arguments.

    Raises:
        InputError: The call failed, or returned something else.
        UnavailableError: It failed for want of a package or a key.
    """
    uses = adapter.parameters.uses
    try:
        found = adapter.factory(**adapter.parameters.arguments, **more)
    except Exception as error:
        if is_missing(error):
            raise cannot_be_used(f"'{uses}'", error) from error
        raise InputError(
            f"'{uses}' could not be made",
            found=told(error),
            expected="arguments that it takes, and what it reads from the environment",
        ) from error
    fits = isinstance(expected, type) and isinstance(found, expected)
    if not fits:
        raise InputError(
            f"'{uses}' did not make what its annotation says",
            found=type(found).__name__,
            expected=getattr(expected, "__name__", repr(expected)),
        )
    checked: T = found
    return checked


def _names(arguments: Mapping[str, Any]) -> Iterator[str]:
    for name, value in arguments.items():
        yield str(name)
        if isinstance(value, Mapping):
            yield from _names(value)
