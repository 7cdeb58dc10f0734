"""A flow as data: a search space with every choice made."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

from syftr_like.contracts import Json, fingerprint


@dataclass(frozen=True, slots=True)
class ComponentConfig:
    """A component with its parameters.

    Attributes:
        option: Its name in parameter paths: the component's name, `as:` or a model's name.
        component: Its name in the catalogue.
        parameters: Every parameter that was written or decided; defaults are left out. A value
            is JSON, or another component.
    """

    option: str
    component: str
    parameters: Mapping[str, Json | ComponentConfig] = field(default_factory=dict)

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form, which `from_json` reads."""
        return {
            "option": self.option,
            "component": self.component,
            "parameters": {
                name: {"$component": value.to_json()}
                if isinstance(value, ComponentConfig)
                else value
                for name, value in self.parameters.items()
            },
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> ComponentConfig:
        """Read the form that `to_json` writes."""
        return cls(
            option=data["option"],
            component=data["component"],
            parameters={
                name: cls.from_json(value["$component"])
                if isinstance(value, Mapping) and "$component" in value
                else value
                for name, value in data["parameters"].items()
            },
        )

    def with_inner(self) -> Iterator[ComponentConfig]:
        """Yield it and the components in its parameters, at any depth."""
        yield self
        for value in self.parameters.values():
            if isinstance(value, ComponentConfig):
                yield from value.with_inner()

    def identity(self) -> Json:
        """Return what makes two of them the same: component and parameters, not the option name."""
        return [
            self.component,
            {
                name: ["component", value.identity()]
                if isinstance(value, ComponentConfig)
                else ["value", value]
                for name, value in self.parameters.items()
            },
        ]


@dataclass(frozen=True, slots=True)
class NodeConfig:
    """A node of the graph, filled.

    Attributes:
        name: Unique in the flow; a node of a sub-graph has its parent's path before it.
        inputs: Input name of the component to the node that feeds it, or to a source
            (`documents`, `question`).
        component: What fills it.
    """

    name: str
    inputs: Mapping[str, str]
    component: ComponentConfig


@dataclass(frozen=True)
class FlowConfig:
    """A flow: nodes in topological order, and the node whose value is the result."""

    nodes: tuple[NodeConfig, ...]
    output: str

    def node(self, name: str) -> NodeConfig:
        """Return the node of that name.

        Raises:
            KeyError: There is none.
        """
        for node in self.nodes:
            if node.name == name:
                return node
        raise KeyError(name)

    @cached_property
    def key(self) -> str:
        """Identity of the flow: equal keys mean the same computation."""
        identity = {
            "nodes": [[n.name, dict(n.inputs), n.component.identity()] for n in self.nodes],
            "output": self.output,
        }
        return fingerprint(json.dumps(identity, sort_keys=True))

    def to_json(self) -> dict[str, Json]:
        """Return the JSON form, which `from_json` reads."""
        return {
            "nodes": [
                {"name": n.name, "inputs": dict(n.inputs), **n.component.to_json()}
                for n in self.nodes
            ],
            "output": self.output,
        }

    @classmethod
    def from_json(cls, data: Mapping[str, Any]) -> FlowConfig:
        """Read the form that `to_json` writes."""
        return cls(
            nodes=tuple(
                NodeConfig(
                    name=item["name"],
                    inputs=dict(item["inputs"]),
                    component=ComponentConfig.from_json(item),
                )
                for item in data["nodes"]
            ),
            output=data["output"],
        )
