"""Writing a flow as a space file in which nothing is left to decide."""

from __future__ import annotations

from collections.abc import Mapping

from syftr_like.contracts import Json
from syftr_like.contracts.branch import split_input

from .flow_config import ComponentConfig, FlowConfig, NodeConfig
from .models import SHORTHANDS
from .space import Space
from .tree import same_value

_SHORTHAND_OF = {component: key for key, component in SHORTHANDS.items()}


def flow_to_yaml_data(flow: FlowConfig, space: Space | None = None) -> dict[str, Json]:
    """Return the content of a flow file: it loads to a space whose only flow has the same key.

    Nodes that came out of a sub-graph keep their full name. An adapted factory is written with
    the name of the component that wraps it, so that the file means the same wherever further
    adapters are installed. There are no secrets in it, because there are none in a space.

    Args:
        flow: The flow.
        space: Where it comes from; its `models` are written by name, with their prices. Without
            it, each component is written out where it stands.
    """
    writer = _Writer(_models_by_option(space) if space is not None else {})
    nodes: dict[str, Json] = {}
    for node in flow.nodes:
        sources = _sources(node)
        feeding: dict[str, Json] = {"from": sources} if sources else {}
        nodes[node.name] = {**feeding, "choose": [writer.option(node.component)]}
    models: dict[str, Json] = {"models": writer.models} if writer.models else {}
    return {**models, "graph": nodes, "output": flow.output}


def _sources(node: NodeConfig) -> list[Json]:
    """Return the `from` of a node: a branch that is not called as its node comes with its name."""
    names: dict[str, str] = {}
    for name, source in node.inputs.items():
        names[source] = split_input(name)[1] or source
    return [source if name == source else {name: source} for source, name in names.items()]


def _models_by_option(space: Space) -> dict[str, list[ComponentConfig]]:
    """Return the models of a space by bare name; several files may use one name differently."""
    found: dict[str, list[ComponentConfig]] = {}
    for config in space.models.values():
        found.setdefault(config.option, []).append(config)
    return found


class _Writer:
    def __init__(self, known: Mapping[str, list[ComponentConfig]]) -> None:
        self._known = known
        self._used: dict[str, ComponentConfig] = {}
        self.models: dict[str, Json] = {}

    def option(self, config: ComponentConfig) -> Json:
        """Return a component as an option: the name of a model, or written out."""
        if self._is_model(config):
            if config.option not in self._used:
                self._used[config.option] = config
                self.models[config.option] = _model_entry(config)
            return config.option
        return self._written_out(config)

    def _is_model(self, config: ComponentConfig) -> bool:
        same = [
            model
            for model in self._known.get(config.option, ())
            if same_value(model.identity(), config.identity())
        ]
        used = self._used.get(config.option)
        return bool(same) and (used is None or same_value(used.identity(), config.identity()))

    def _written_out(self, config: ComponentConfig) -> Json:
        parameters: dict[str, Json] = {
            name: self.option(value) if isinstance(value, ComponentConfig) else value
            for name, value in config.parameters.items()
        }
        name: dict[str, Json] = {"as": config.option} if config.option != config.component else {}
        if not name and not parameters:
            return config.component
        return {**name, config.component: parameters}


def _model_entry(config: ComponentConfig) -> Json:
    """Return a component as an entry of `models`, which cannot refer to other models."""
    parameters: dict[str, Json] = {
        name: _Writer({}).option(value) if isinstance(value, ComponentConfig) else value
        for name, value in config.parameters.items()
    }
    shorthand = _SHORTHAND_OF.get(config.component)
    if shorthand is None or "model" not in parameters:
        return {config.component: parameters}
    return {shorthand: parameters.pop("model"), **parameters}
