"""Reading the graph of a space, with the graphs and files inside it, into wired slots."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import networkx as nx

from syftr_like.contracts import Port, Router
from syftr_like.contracts.branch import split_input
from syftr_like.contracts.registry import component_class
from syftr_like.errors import ComponentError, InputError, nearest
from syftr_like.yaml_source import YamlSource, load_yaml

from .cursor import Cursor
from .models import read_models
from .names import NAME, NODE, Names, Place, installed
from .options import check_distinct, option_name_of, read_component
from .scope import Graph, Scope, inner_sources
from .tree import SOURCES, ComponentOption, Slot, SlotOption, possible_values
from .wiring import Offer, Offers, bind, passed_on

TOP_KEYS = ("models", "graph", "output", "forbid")

# Dots occur in flow files, where a node that came out of a sub-graph keeps its full name.
_NODE_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[A-Za-z0-9_-]+)*\Z")
_RESULTS = (Port.ANSWER, Port.PASSAGES)


@dataclass(frozen=True)
class _Read:
    """One option of a node as it was read.

    A component; or a sub-graph with what its output offers and the entries of the node's `from`
    that it uses; or neither: `none`.
    """

    name: str
    cursor: Cursor
    component: ComponentOption | None = None
    offer: Offer | None = None
    used: frozenset[str] = frozenset()


def read_file(
    source: YamlSource,
    allow_imports: tuple[str, ...],
    models: Mapping[str, ComponentOption] | None = None,
) -> tuple[Graph, Offer]:
    """Read a whole space with all that it includes; return its slots and what its output offers.

    Args:
        source: The file.
        allow_imports: Module prefixes that `uses` may import from.
        models: What takes the place of entries of `models` by these names, in every file.

    Raises:
        InputError: Any mistake in it.
    """
    graph = Graph(replaced=dict(models or {}))
    scope = Scope(
        prefix="",
        outer={name: Offer(name, port) for name, port in SOURCES.items()},
        ambiguous={},
        names=Names({}, allow_imports),
        files=() if source.path is None else (source.path.resolve(),),
    )
    return graph, _read_document(Cursor(source), scope, graph)


def _read_document(cursor: Cursor, scope: Scope, graph: Graph) -> Offer:
    """Read the top level of a file: `models`, `graph`, `output`, `forbid`."""
    cursor.only(TOP_KEYS, "a search space")
    nodes, output = (cursor.required(key, "a search space") for key in ("graph", "output"))
    if cursor.has("models"):
        own = read_models(cursor.child("models"), scope.names)
        graph.known_models.update(own)
        own |= {name: option for name, option in graph.replaced.items() if name in own}
        graph.models.update({scope.prefix + name: option for name, option in own.items()})
        scope = replace(scope, names=replace(scope.names, models={**scope.names.models, **own}))
    if cursor.has("forbid"):
        graph.rules.append((cursor.child("forbid"), scope.prefix))
    return read_graph(nodes, output, scope, graph)


def read_graph(cursor: Cursor, output: Cursor, scope: Scope, graph: Graph) -> Offer:
    """Read the mapping of nodes at `cursor` into slots and return what its output node offers.

    Raises:
        InputError: Any mistake in it.
    """
    nodes = cursor.mapping("`graph`")
    if not nodes:
        raise cursor.error("`graph` is empty", expected="at least one node")
    inputs = {name: _read_from(cursor.child(name), nodes, scope) for name in nodes}
    for name in nodes:
        slot_name = scope.prefix + name
        if slot_name in graph.slots:
            raise cursor.child(name).error(
                f"two nodes are named '{slot_name}'", expected="another name", key=True
            )
        graph.slots[slot_name] = None
        graph.places[slot_name] = cursor.child(name)
    offers = dict(scope.outer)
    for name in _producers_first(cursor, inputs):
        entries = {entry: offers[target] for entry, target in inputs[name].items()}
        scope.used.update(target for target in inputs[name].values() if target not in nodes)
        is_result = scope.prefix == "" and output.value == name
        place = _place(cursor.child(name), entries.values(), is_result=is_result)
        slot = _read_node(cursor.child(name), Offers(name, entries), place, scope, graph)
        graph.slots[slot.name] = slot
        offers[name] = Offer(slot.name, slot.port)
    result = output.text("`output`")
    if result not in nodes:
        raise output.error(
            f"`output` names no node: '{result}'",
            expected=f"one of {', '.join(nodes)}",
            nearest=nearest(result, nodes),
        )
    if scope.prefix == "" and offers[result].port not in _RESULTS:
        raise output.error(
            f"the node '{result}' yields {offers[result].port}, which is no result of a flow",
            found=result,
            expected="a node that yields an answer or passages",
        )
    return offers[result]


def _read_from(node: Cursor, nodes: Mapping[str, object], scope: Scope) -> dict[str, str]:
    """Check a node's name and keys, and return the entries of its `from`: name to what it names.

    `{name: node}` gives an entry another name than its node's, for those who call it by name.
    """
    name = node.key
    if not _NODE_NAME.match(name) or name in (*SOURCES, "none"):
        taken = name in (*SOURCES, "none")
        raise node.error(
            f"'{name}' cannot be the name of a node{': it has a meaning already' if taken else ''}",
            expected="lower-case letters, digits and `_`, starting with a letter",
            key=True,
        )
    if name in scope.outer:
        raise node.error(
            f"'{name}' is both a node of this sub-graph and an input of the node around it",
            expected="another name for one of them",
            key=True,
        )
    node.mapping(f"the node '{name}'")
    node.only(["from", "choose"], f"the node '{name}'")
    node.required("choose", f"the node '{name}'")
    if not node.has("from"):
        return {}
    feeding = node.child("from")
    entries = [feeding] if isinstance(feeding.value, str) else list(feeding.sequence("`from`"))
    known = [*nodes, *scope.outer]
    found: dict[str, str] = {}
    for entry in entries:
        label = None
        if isinstance(entry.value, dict):
            entry, label = _named_entry(entry)
        target = entry.text("an entry of `from`")
        if target in scope.ambiguous:
            raise entry.error(
                f"'{target}' could be any of {', '.join(scope.ambiguous[target])}",
                expected="one of these names",
            )
        if target not in known:
            raise entry.error(
                f"`from` names no node: '{target}'",
                expected=f"one of {', '.join(known)}",
                nearest=nearest(target, known),
            )
        if target in found.values() or (label or target) in found:
            twice = target if target in found.values() else label
            raise entry.error(f"'{twice}' stands twice in `from`", expected="each entry once")
        found[label or target] = target
    return found


def _named_entry(entry: Cursor) -> tuple[Cursor, str]:
    names = list(entry.mapping("an entry of `from`"))
    if len(names) != 1 or not isinstance(names[0], str) or not NAME.match(names[0]):
        raise entry.error(
            "an entry of `from` that has a name of its own has one",
            expected="`name: node`, the name of letters, digits, `_` and `-`",
        )
    return entry.child(names[0]), names[0]


def _producers_first(cursor: Cursor, inputs: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the nodes of one graph in topological order, ties in the order written."""
    edges: nx.DiGraph[str] = nx.DiGraph()
    edges.add_nodes_from(inputs)
    edges.add_edges_from(
        (target, name) for name in inputs for target in inputs[name].values() if target in inputs
    )
    position = {name: i for i, name in enumerate(inputs)}
    try:
        return list(nx.lexicographical_topological_sort(edges, key=position.__getitem__))
    except nx.NetworkXUnfeasible:
        around = [a for a, _ in nx.find_cycle(edges)]
        start = around.index(min(around, key=position.__getitem__))
        around = around[start:] + around[:start]
        raise cursor.child(around[0]).error(
            "these nodes feed each other in a circle",
            found=" -> ".join([*around, around[0]]),
            expected="a graph without cycles",
            key=True,
        ) from None


def _place(node: Cursor, entries: Iterable[Offer], *, is_result: bool) -> Place:
    """Return what may stand in a node, as far as its inputs and its other options tell."""
    options = node.child("choose").value
    names: list[object] = []
    for option in options if isinstance(options, list) else ():  # it is checked when it is read
        names += option if isinstance(option, dict) else [option]
    ports = [cls.output for cls in map(installed, names) if cls is not None and cls.output]
    yields = ports[:1] or (_RESULTS if is_result else None)
    return replace(
        NODE,
        offered=frozenset(entry.port for entry in entries),
        alone=len(names) == 1,
        yields=None if yields is None else frozenset(yields),
    )


def _read_node(node: Cursor, offers: Offers, place: Place, scope: Scope, graph: Graph) -> Slot:
    slot_name = scope.prefix + node.key
    choose = node.child("choose")
    read = [
        _read_option(entry, slot_name, offers, place, scope, graph)
        for entry in choose.sequence(f"`choose` of the node '{node.key}'")
    ]
    check_distinct((r.name, r.component, r.cursor) for r in read)
    port = _common_port(read, offers, choose)
    options: list[SlotOption] = []
    used: set[str] = set()
    for item in read:
        graph.option_places[slot_name, item.name] = item.cursor
        if item.component is not None:
            cls = component_class(item.component.component)
            bound = bind(cls, item.name, offers, item.cursor)
            if issubclass(cls, Router):
                _check_branches(cls, item.component, bound, item.cursor)
            wired = tuple((i, offers.entries[entry].target) for i, entry in bound.items())
            options.append(SlotOption(item.name, component=item.component, inputs=wired))
            used.update(bound.values())
        elif item.offer is not None:
            options.append(SlotOption(item.name, alias=item.offer.target))
            used.update(item.used)
        else:
            entry = passed_on(port, offers, item.cursor)
            options.append(SlotOption(item.name, alias=offers.entries[entry].target))
            used.add(entry)
    idle = next((entry for entry in offers.entries if entry not in used), None)
    if idle is not None:
        raise _from_entry(node, idle).error(
            f"no option of the node '{node.key}' uses '{idle}'",
            found=f"{idle} ({offers.entries[idle].port})",
            expected="entries that an option takes as input, and no others",
        )
    return Slot(slot_name, port, tuple(options))


def _check_branches(
    router: type[Router], option: ComponentOption, bound: Mapping[str, str], cursor: Cursor
) -> None:
    """Check what a router's parameters say of its branches.

    Raises:
        InputError: There are no such branches, or too few.
    """
    named = (split_input(name)[1] for name in bound)
    branches = [branch for branch in named if branch is not None]
    possible = {p.name: possible_values(p.value) for p in option.parameters}
    for name, field in router.Parameters.model_fields.items():
        if name not in possible and not field.is_required():
            possible[name] = (field.get_default(call_default_factory=True, validated_data={}),)
    try:
        router.check_branches(possible, branches)
    except ComponentError as error:
        raise cursor.error(
            f"the branches of '{option.name}' are others: {error}",
            found=", ".join(branches),
            expected="the names or places of entries of `from` that yield an answer",
        ) from error


def _from_entry(node: Cursor, name: str) -> Cursor:
    feeding = node.child("from")
    if not isinstance(feeding.value, list):
        return feeding
    place = next(i for i, entry in enumerate(feeding.value) if _is_named(entry, name))
    return feeding.child(place)


def _is_named(entry: object, name: str) -> bool:
    return name in entry if isinstance(entry, dict) else entry == name


def _read_option(
    cursor: Cursor, slot_name: str, offers: Offers, place: Place, scope: Scope, graph: Graph
) -> _Read:
    value = cursor.value
    if value == "none":
        return _Read("none", cursor)
    if value is None:
        raise cursor.error(
            "this option is empty", expected="a component, or `none` to pass the input on"
        )
    if isinstance(value, dict) and ("flow" in value or "graph" in value):
        return _read_subgraph(cursor, slot_name, offers, scope, graph)
    option = read_component(cursor, slot_name, place, scope.names)
    return _Read(option.name, cursor, component=option)


def _read_subgraph(
    cursor: Cursor, slot_name: str, offers: Offers, scope: Scope, graph: Graph
) -> _Read:
    """Read `{as: ..., flow: file}` or `{as: ..., graph: {...}, output: ...}`."""
    inline = cursor.has("graph")
    cursor.only(["as", "graph", "output"] if inline else ["as", "flow"], "a sub-graph")
    name = option_name_of(cursor)
    outer, ambiguous, stands_for = inner_sources(offers, scope)
    inner = Scope(
        prefix=f"{slot_name}.{name}.",
        outer=outer,
        ambiguous=ambiguous,
        names=scope.names,
        files=scope.files,
    )
    if inline:
        output = cursor.required("output", "a sub-graph")
        offer = read_graph(cursor.child("graph"), output, inner, graph)
    else:
        offer = _read_included(cursor.child("flow"), inner, graph)
    used = {stands_for.get(entry, entry) for entry in inner.used}
    # What the node's own `from` does not offer is the source of the graph around it.
    scope.used.update(entry for entry in used if entry not in offers.entries)
    return _Read(name, cursor, offer=offer, used=frozenset(used))


def _read_included(cursor: Cursor, scope: Scope, graph: Graph) -> Offer:
    file = cursor.source.folder / cursor.text("`flow`")
    if file.resolve() in scope.files:
        chain = [*scope.files[scope.files.index(file.resolve()) :], file.resolve()]
        raise cursor.error(
            "these files include each other in a circle",
            found=" -> ".join(path.name for path in chain),
            expected="a file that does not lead back to this one",
        )
    try:
        source = load_yaml(file)
    except InputError as error:
        if error.location is not None and error.location.line is None:
            # The file as a whole is the problem, and it is named here.
            raise cursor.error(error.problem, expected=error.expected) from None
        raise
    return _read_document(
        Cursor(source), replace(scope, files=(*scope.files, file.resolve())), graph
    )


def _common_port(read: Sequence[_Read], offers: Offers, choose: Cursor) -> Port:
    """Return the type that all options of a node yield."""
    ports: list[tuple[_Read, Port]] = []
    for item in read:
        if item.component is not None:
            port = component_class(item.component.component).output
            if port is None:
                raise item.cursor.error(
                    f"'{item.component.component}' yields nothing and cannot fill a node",
                    expected="a component with an output",
                )
            ports.append((item, port))
        elif item.offer is not None:
            ports.append((item, item.offer.port))
    if not ports:
        if len(offers.entries) != 1:
            raise choose.error(
                f"the node '{offers.node}' has no option but `none`, so it is not clear what it"
                " passes on",
                found=str(offers),
                expected="exactly one entry in `from`",
            )
        return next(iter(offers.entries.values())).port
    first, port = ports[0]
    for item, other in ports[1:]:
        if other is not port:
            raise item.cursor.error(
                f"the options of the node '{offers.node}' yield different types:"
                f" '{first.name}' {port}, '{item.name}' {other}",
                found=other,
                expected=port,
            )
    return port
