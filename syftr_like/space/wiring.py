"""Wiring by type: which entry of a node's `from` feeds which input of an option."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from syftr_like.contracts import Component, Port
from syftr_like.contracts.branch import branch_input

from .cursor import Cursor


@dataclass(frozen=True, slots=True)
class Offer:
    """A value that a node may be fed with: the slot or source it comes from, and its type."""

    target: str
    port: Port


@dataclass(frozen=True)
class Offers:
    """What the `from` of a node offers: entry name to value."""

    node: str
    entries: Mapping[str, Offer]

    def of(self, port: Port) -> list[str]:
        """Names of the entries that offer this type."""
        return [name for name, offer in self.entries.items() if offer.port is port]

    def __str__(self) -> str:
        told = (f"{name} ({offer.port})" for name, offer in self.entries.items())
        return ", ".join(told) or "nothing"


def bind(cls: type[Component], option: str, offers: Offers, cursor: Cursor) -> dict[str, str]:
    """Return for each input of a component that is fed: the name of the entry that feeds it.

    An input of branches is fed by every entry of its type, each under a name of its own.

    Raises:
        InputError: A required input is not offered, or two entries could feed one input.
    """
    bound: dict[str, str] = {}
    for name, wanted in cls.inputs.items():
        fitting = offers.of(wanted.port)
        if wanted.branches and fitting:
            bound |= {branch_input(name, entry): entry for entry in fitting}
            continue
        if len(fitting) > 1:
            raise _ambiguous(f"input '{name}' of '{option}'", wanted.port, fitting, offers, cursor)
        if fitting:
            bound[name] = fitting[0]
        elif wanted.required:
            raise cursor.error(
                f"nothing feeds the input '{name}' of '{option}' in the node '{offers.node}'",
                found=str(offers),
                expected=f"an entry of type {wanted.port} in `from` of '{offers.node}'",
            )
    return bound


def passed_on(port: Port, offers: Offers, cursor: Cursor) -> str:
    """Return the name of the entry that `none` passes on in a node whose output has this type.

    Raises:
        InputError: No entry has it, or several do.
    """
    fitting = offers.of(port)
    if len(fitting) > 1:
        raise _ambiguous("what `none` passes on", port, fitting, offers, cursor)
    if not fitting:
        raise cursor.error(
            f"`none` has nothing to pass on in the node '{offers.node}', whose options yield"
            f" {port}",
            found=str(offers),
            expected=f"an entry of type {port} in `from`, or no `none`",
        )
    return fitting[0]


def _ambiguous(
    what: str, port: Port, fitting: Sequence[str], offers: Offers, cursor: Cursor
) -> Exception:
    return cursor.error(
        f"{what} in the node '{offers.node}' could be any of {', '.join(fitting)}",
        found=str(offers),
        expected=f"one entry of type {port} in `from`",
    )
