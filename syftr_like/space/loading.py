"""From a file to a `Space`: reading, putting the slots in order, and checking the whole."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from itertools import combinations
from pathlib import Path

import networkx as nx

from syftr_like.errors import InputError, nearest
from syftr_like.yaml_source import YamlSource, load_yaml

from .cardinality import idle_rules
from .codec import terminals
from .forbid_grammar import read_rules
from .graph import read_file
from .rules import Rule, Rules
from .scope import Graph
from .space import Space
from .tree import SOURCES, ComponentOption, Slot, SlotOption, Tree
from .walk import fixed_component


def load_space(
    path: str | Path,
    *,
    allow_imports: Sequence[str] = (),
    models: Mapping[str, ComponentOption] | None = None,
) -> Space:
    """Load a search space, or a flow file (a space with nothing left to decide).

    Args:
        path: The YAML file.
        allow_imports: Module prefixes that `uses` may import from.
        models: What takes the place of entries of `models`; see `read_models`.

    Raises:
        UnknownModelError: One of `models` is none of the space's.
        InputError: Any mistake in the file or in a file that it includes, with file and line,
            what was found and expected, and the nearest valid name.
    """
    return space_from_source(load_yaml(path), allow_imports=allow_imports, models=models)


class UnknownModelError(InputError):
    """A model that was to take another one's place, and there is none of its name.

    Attributes:
        model: The name.
    """

    def __init__(self, model: str, known: Iterable[str]) -> None:
        self.model = model
        names = sorted(known)
        super().__init__(
            f"the space has no model '{model}'",
            found=model,
            expected=f"one of {', '.join(names)}" if names else "a space with `models`",
            nearest=nearest(model, names),
        )


def space_from_source(
    source: YamlSource,
    *,
    allow_imports: Sequence[str] = (),
    models: Mapping[str, ComponentOption] | None = None,
) -> Space:
    """Make a space of YAML that is read already.

    Raises:
        UnknownModelError, InputError: See `load_space`.
    """
    graph, output = read_file(source, tuple(allow_imports), models)
    for name in models or ():
        if name not in graph.known_models:
            raise UnknownModelError(name, graph.known_models)
    slots = [slot for slot in graph.slots.values() if slot is not None]
    tree = Tree(_consumers_first(slots, output.target, graph), output.target)
    _check_paths(tree, graph)
    _check_aliases(tree, graph)
    rules: list[Rule] = []
    for cursor, prefix in graph.rules:
        read = read_rules(cursor, prefix, tree)
        for i in idle_rules(tree, read):
            raise cursor.child(i).error(
                "this rule forbids nothing: its decisions never meet",
                found=str(read[i]),
                expected="decisions of one flow",
            )
        rules.extend(read)
    configured = {name: fixed_component(option) for name, option in graph.models.items()}
    space = Space(source.name, tree, Rules(tuple(rules)), configured)
    if rules and space.cardinality().discrete == 0:
        raise graph.rules[0][0].error(
            "everything is forbidden: no flow is left",
            expected="rules that leave at least one flow",
            key=True,
        )
    return space


def _consumers_first(slots: Sequence[Slot], output: str, graph: Graph) -> tuple[Slot, ...]:
    """Return the slots in the order in which they are decided; see `Tree`.

    Raises:
        InputError: The output never needs some node.
    """
    edges: nx.DiGraph[str] = nx.DiGraph()
    edges.add_nodes_from(slot.name for slot in slots)
    edges.add_edges_from(
        (slot.name, target)
        for slot in slots
        for option in slot.options
        for target in option.needs
        if target not in SOURCES
    )
    reached = {output} | nx.descendants(edges, output)
    for name, place in graph.places.items():
        if name not in reached:
            raise place.error(
                f"the output never needs the node '{name}'",
                found=name,
                expected=f"a path from '{name}' to '{output}', or no such node",
                key=True,
            )
    by_name = {slot.name: slot for slot in slots}
    position = {name: i for i, name in enumerate(graph.places)}
    order = nx.lexicographical_topological_sort(edges, key=lambda name: -position[name])
    return tuple(by_name[name] for name in order)


def _check_paths(tree: Tree, graph: Graph) -> None:
    """Check that no two decisions have the same path, as names with dots could bring about."""
    seen: set[str] = set()
    for slot in tree.slots:
        for path, _ in Tree((slot,), slot.name).decisions():
            if path in seen:
                raise graph.places[slot.name].error(
                    f"two decisions would be named '{path}'",
                    expected="another name for this node",
                    key=True,
                )
            seen.add(path)


def _check_aliases(tree: Tree, graph: Graph) -> None:
    """Check that no two options of a slot can pass on the same value unchanged."""
    reachable = terminals(tree)

    def passed(option: SlotOption) -> frozenset[str]:
        return frozenset() if option.alias is None else reachable[option.alias]

    for slot in tree.slots:
        for one, other in combinations(slot.options, 2):
            shared = passed(one) & passed(other)
            if shared:
                raise graph.option_places[slot.name, other.name].error(
                    f"the options '{one.name}' and '{other.name}' of '{slot.name}' can both pass"
                    f" on '{min(shared)}' unchanged, and would then be the same flow",
                    found=other.name,
                    expected="at most one option that can do so",
                )
