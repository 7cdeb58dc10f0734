"""From a flow's configuration to its components, wired in a typed graph."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import networkx as nx

from syftr_like.contracts import Adapter, Component, NodeComponent, load_object, traits
from syftr_like.contracts.branch import branch_input, split_input
from syftr_like.contracts.registry import component_class
from syftr_like.errors import InputError
from syftr_like.space.flow_config import ComponentConfig, FlowConfig
from syftr_like.space.tree import SOURCES


@dataclass(frozen=True, slots=True)
class FlowNode:
    """A node with its component.

    Attributes:
        name: Its name in the graph.
        component: What computes it.
        inputs: Input name to the node or source that feeds it, before it runs.
        branches: Input name to its branches: name to the node that is run when it asks.
        index_time: No path leads from the question to it, so that it is computed once.
    """

    name: str
    component: NodeComponent
    inputs: Mapping[str, str]
    branches: Mapping[str, Mapping[str, str]]
    index_time: bool

    @property
    def sources(self) -> dict[str, str]:
        """All that it is wired to, branches under the names of the configuration."""
        asked = {
            branch_input(name, branch): source
            for name, of in self.branches.items()
            for branch, source in of.items()
        }
        return {**self.inputs, **asked}


@dataclass(frozen=True)
class Flow:
    """A flow ready to be prepared on documents.

    Attributes:
        config: What it was built from.
        nodes: Every node by name, in topological order.
        generations: For the output and for every branch, the query-time nodes that it takes, level
            by level: the nodes of one level depend on earlier levels only, and may run side by
            side. What is only a branch of one of them is not among them.
    """

    config: FlowConfig
    nodes: Mapping[str, FlowNode]
    generations: Mapping[str, tuple[tuple[str, ...], ...]]

    @property
    def output(self) -> FlowNode:
        """The node whose value is the result."""
        return self.nodes[self.config.output]

    @cached_property
    def learns(self) -> bool:
        """Whether a node rests on labelled questions."""
        return any("examples" in node.inputs.values() for node in self.nodes.values())


def build_component(config: ComponentConfig, allow_imports: Sequence[str] = ()) -> Component:
    """Instantiate a component and, before it, the components among its parameters.

    Raises:
        InputError: Unknown component, parameters it does not accept, or an import that is not
            allowed.
    """
    cls = component_class(config.component)
    values: dict[str, Any] = {
        name: build_component(value, allow_imports) if isinstance(value, ComponentConfig) else value
        for name, value in _with_default_components(cls, config).items()
    }
    try:
        parameters = cls.Parameters(**values)
    except ValueError as error:
        raise InputError(
            f"the parameters of '{config.component}' are not valid", found=str(error)
        ) from error
    component = cls(parameters)
    if isinstance(component, Adapter):
        component.bind(load_object(component.parameters.uses, allow_imports))
    return component


def _with_default_components(cls: type[Component], config: ComponentConfig) -> dict[str, Any]:
    values: dict[str, Any] = dict(config.parameters)
    for name, field in cls.Parameters.model_fields.items():
        default = traits(field).component_default
        if name not in values and default is not None:
            values[name] = ComponentConfig(option=default, component=default)
    return values


def dependency_graph(config: FlowConfig) -> nx.DiGraph:
    """Return the flow's graph: sources and nodes, an edge from each value to its users."""
    graph = nx.DiGraph()
    graph.add_nodes_from(SOURCES)
    for node in config.nodes:
        graph.add_node(node.name)
        graph.add_edges_from((source, node.name) for source in node.inputs.values())
    return graph


def build_flow(config: FlowConfig, allow_imports: Sequence[str] = ()) -> Flow:
    """Build every component of a flow and tell index time from query time.

    What no path from `question` reaches is index-time work.

    Args:
        config: The flow.
        allow_imports: Module prefixes that `uses:` may import from.

    Raises:
        InputError: See `build_component`.
    """
    graph = dependency_graph(config)
    query_time = nx.descendants(graph, "question")
    nodes: dict[str, FlowNode] = {}
    configs = {node.name: node for node in config.nodes}
    for name in nx.lexicographical_topological_sort(graph):
        if name in SOURCES:
            continue
        component = build_component(configs[name].component, allow_imports)
        if not isinstance(component, NodeComponent):
            raise InputError(
                f"a component of kind {component.kind} cannot fill a node",
                found=f"{name}: {component.name}",
            )
        inputs, branches = _told_apart(configs[name].inputs)
        nodes[name] = FlowNode(name, component, inputs, branches, name not in query_time)
    return Flow(config, nodes, _generations(nodes, config.output))


def _told_apart(
    wired: Mapping[str, str],
) -> tuple[dict[str, str], dict[str, dict[str, str]]]:
    """Return the inputs that are there before a node runs, and the branches that it may ask."""
    inputs: dict[str, str] = {}
    branches: dict[str, dict[str, str]] = {}
    for wired_name, source in wired.items():
        name, branch = split_input(wired_name)
        if branch is None:
            inputs[name] = source
        else:
            branches.setdefault(name, {})[branch] = source
    return inputs, branches


def _generations(
    nodes: Mapping[str, FlowNode], output: str
) -> dict[str, tuple[tuple[str, ...], ...]]:
    at_once = nx.DiGraph()
    at_once.add_nodes_from(name for name, node in nodes.items() if not node.index_time)
    at_once.add_edges_from(
        (source, name)
        for name in list(at_once)
        for source in nodes[name].inputs.values()
        if source in at_once
    )
    asked = {s for node in nodes.values() for of in node.branches.values() for s in of.values()}
    return {
        target: tuple(
            tuple(sorted(level))
            for level in nx.topological_generations(
                at_once.subgraph({target, *nx.ancestors(at_once, target)})
            )
        )
        for target in {output, *asked}
        if target in at_once
    }
