"""Between parameters and flows: `build` makes a flow of a walk, `recover` finds the walk again."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

import networkx as nx

from syftr_like.contracts import Json
from syftr_like.errors import InputError

from .flow_config import ComponentConfig, FlowConfig, NodeConfig
from .overlap import holds
from .tree import (
    SOURCES,
    Choice,
    ComponentOption,
    Fixed,
    Record,
    Scalar,
    Searched,
    Slot,
    SlotOption,
    Tree,
    Value,
    same_value,
)
from .walk import Trace, exists


def build(tree: Tree, trace: Trace) -> FlowConfig:
    """Return the flow that a walk determined.

    Its nodes are in topological order, ties by name, so that equal flows are equal wherever they
    come from.
    """
    nodes: dict[str, NodeConfig] = {}
    for name, (option, config) in trace.filled.items():
        if config is not None:
            inputs = {i: _resolved(target, trace) for i, target in option.inputs}
            nodes[name] = NodeConfig(name, inputs, config)
    edges: nx.DiGraph[str] = nx.DiGraph()
    edges.add_nodes_from(nodes)
    edges.add_edges_from(
        (feeder, node.name)
        for node in nodes.values()
        for feeder in node.inputs.values()
        if feeder in nodes
    )
    order = nx.lexicographical_topological_sort(edges)
    return FlowConfig(tuple(nodes[name] for name in order), _resolved(tree.output, trace))


def _resolved(target: str, trace: Trace) -> str:
    """Return the node or source whose value arrives from a slot, through its aliases."""
    while target not in SOURCES:
        alias = trace.filled[target][0].alias
        if alias is None:
            return target
        target = alias
    return target


def terminals(tree: Tree) -> Mapping[str, frozenset[str]]:
    """Return for each slot the nodes and sources whose value may arrive from it."""
    slots = {slot.name: slot for slot in tree.slots}

    @cache
    def of(target: str) -> frozenset[str]:
        if target in SOURCES:
            return frozenset({target})
        return frozenset().union(*(of_option(target, o) for o in slots[target].options))

    def of_option(name: str, option: SlotOption) -> frozenset[str]:
        return frozenset({name}) if option.alias is None else of(option.alias)

    return {name: of(name) for name in (*slots, *SOURCES)}


def recover(tree: Tree, flow: FlowConfig) -> dict[str, Scalar]:
    """Return the parameters that decode to a flow; names of options do not matter.

    Raises:
        InputError: The space does not hold the flow.
    """
    nodes = {node.name: node for node in flow.nodes}
    reachable = terminals(tree)
    params: dict[str, Scalar] = {}
    arriving: dict[str, str] = {tree.output: flow.output}
    for slot in tree.slots:
        if slot.name not in arriving:
            continue
        arrives = arriving[slot.name]
        option = _option_of(slot, arrives, nodes, reachable)
        if option is None:
            raise InputError(
                f"the space does not hold this flow: no option of '{slot.name}' makes it",
                found=_in_words(arrives, nodes),
                expected=f"one of {', '.join(o.name for o in slot.options)}",
            )
        if len(slot.options) > 1:
            params[slot.name] = option.name
        if option.alias is not None:
            fed = [(option.alias, arrives)]
        else:
            assert option.component is not None
            node = nodes[arrives]
            params.update(_match(option.component, node.component) or {})
            fed = [(target, node.inputs[name]) for name, target in option.inputs]
        for target, terminal in fed:
            if arriving.setdefault(target, terminal) != terminal:
                raise InputError(
                    f"the space does not hold this flow: '{target}' would be two nodes at once",
                    found=f"{arriving[target]} and {terminal}",
                )
    return params


def _option_of(
    slot: Slot,
    arrives: str,
    nodes: Mapping[str, NodeConfig],
    reachable: Mapping[str, frozenset[str]],
) -> SlotOption | None:
    for option in slot.options:
        if option.alias is not None:
            if arrives in reachable[option.alias]:
                return option
        elif option.component is not None and arrives == slot.name and arrives in nodes:
            node = nodes[arrives]
            wired = dict(option.inputs)
            if wired.keys() != node.inputs.keys():
                continue
            if any(node.inputs[name] not in reachable[target] for name, target in wired.items()):
                continue
            if _match(option.component, node.component) is not None:
                return option
    return None


def _in_words(name: str, nodes: Mapping[str, NodeConfig]) -> str:
    return f"{name} ({nodes[name].component.component})" if name in nodes else name


def _match(option: ComponentOption, config: ComponentConfig) -> dict[str, Scalar] | None:
    """Return the decisions that make an option this component, None when none do."""
    if option.component != config.component:
        return None
    params: dict[str, Scalar] = {}
    siblings: dict[str, Json] = {}
    met: set[str] = set()
    for parameter in option.parameters:
        if not exists(parameter, siblings):
            continue
        value = config.parameters.get(parameter.name)
        if parameter.name not in config.parameters:
            if not parameter.default:
                return None
            value = parameter.default[0]
            if isinstance(parameter.value, Choice):
                value = ComponentConfig(str(value), str(value))
        met.add(parameter.name)
        decided = _match_value(parameter.value, value)
        if decided is None:
            return None
        params.update(decided)
        siblings[parameter.name] = value.component if isinstance(value, ComponentConfig) else value
    return params if met >= config.parameters.keys() else None


def _match_value(value: Value, wanted: Json | ComponentConfig) -> dict[str, Scalar] | None:
    if isinstance(value, Choice):
        if not isinstance(wanted, ComponentConfig):
            return None
        for option in value.options:
            decided = _match(option, wanted)
            if decided is not None:
                own = {value.path: option.name} if len(value.options) > 1 else {}
                return {**own, **decided}
        return None
    if isinstance(wanted, ComponentConfig):
        return None
    if isinstance(value, Fixed):
        return {} if same_value(value.value, wanted) else None
    if isinstance(value, Searched):
        return _decided(value, wanted)
    return _match_record(value, wanted)


def _decided(value: Searched, wanted: Json) -> dict[str, Scalar] | None:
    if not holds(value.domain, wanted) or not isinstance(wanted, bool | int | float | str | None):
        return None
    if value.real and isinstance(wanted, float):
        return {value.path: int(wanted)}
    return {value.path: wanted}


def _match_record(value: Record, wanted: Json) -> dict[str, Scalar] | None:
    if not isinstance(wanted, Mapping) or wanted.keys() != dict(value.items).keys():
        return None
    params: dict[str, Scalar] = {}
    for name, item in value.items:
        decided = _match_value(item, wanted[name])
        if decided is None:
            return None
        params.update(decided)
    return params
