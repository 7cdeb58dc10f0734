"""What a graph finds around it while it is read: names, sources, and what is collected."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from .cursor import Cursor
from .names import Names
from .tree import SOURCES, ComponentOption, Slot
from .wiring import Offer, Offers


@dataclass(frozen=True)
class Scope:
    """What a graph finds around it.

    Attributes:
        prefix: Path of the option that holds the graph, with a dot behind; empty at the top.
        outer: What its `from` entries may name besides its own nodes.
        ambiguous: Names of sources that could mean several entries of the `from` around it.
        names: What option names mean.
        files: The files that lead here, each included by the one before it.
        used: The outer names that were used; filled while the graph is read.
    """

    prefix: str
    outer: Mapping[str, Offer]
    ambiguous: Mapping[str, tuple[str, ...]]
    names: Names
    files: tuple[Path, ...]
    used: set[str] = field(default_factory=set)


@dataclass
class Graph:
    """All slots of a space, filled while its files are read.

    Attributes:
        slots: Slot by name, in the order written; None while its node is being read.
        places: Where each slot is written.
        option_places: Where each option is written, by slot and option name.
        rules: The `forbid` sections, each with the prefix of the paths in it.
        models: The entries of all `models` sections, after the prefix of the file that they are in.
        replaced: What takes the place of entries of `models`, by bare name, in every file.
        known_models: The bare names of all entries that the files hold themselves.
    """

    slots: dict[str, Slot | None] = field(default_factory=dict)
    places: dict[str, Cursor] = field(default_factory=dict)
    option_places: dict[tuple[str, str], Cursor] = field(default_factory=dict)
    rules: list[tuple[Cursor, str]] = field(default_factory=list)
    models: dict[str, ComponentOption] = field(default_factory=dict)
    replaced: dict[str, ComponentOption] = field(default_factory=dict)
    known_models: set[str] = field(default_factory=set)


def inner_sources(
    offers: Offers, scope: Scope
) -> tuple[dict[str, Offer], dict[str, tuple[str, ...]], dict[str, str]]:
    """Return what names mean inside a sub-graph of a node.

    `question` and `documents` are what the node's `from` offers of that type, so that a sub-graph
    behind a query transform gets the transformed question; else what they are around the node.

    Returns the meaning of each name, the names that are ambiguous, and for the sources the entry
    of `from` that they stand for.
    """
    outer = {name: offer for name, offer in scope.outer.items() if name in SOURCES}
    ambiguous = dict(scope.ambiguous)
    stands_for: dict[str, str] = {}
    for name, port in SOURCES.items():
        fitting = offers.of(port)
        if name in offers.entries or not fitting:
            continue
        ambiguous.pop(name, None)
        if len(fitting) > 1:
            outer.pop(name, None)
            ambiguous[name] = tuple(fitting)
        else:
            outer[name] = offers.entries[fitting[0]]
            stands_for[name] = fitting[0]
    return {**outer, **offers.entries}, ambiguous, stands_for
