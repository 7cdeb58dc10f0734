"""A flow in one line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from syftr_like.results import TrialResult


def choices_text(trial: TrialResult) -> str:
    """Return the components that a flow is made of, in the order of the graph.

    What a component is made of stands behind it in brackets, where that is made of others itself: a
    judge, but no model and no prompt.
    """
    nodes: Any = trial.flow["nodes"]
    return " > ".join(_named(node) for node in nodes)


def _named(component: Mapping[str, Any]) -> str:
    made_of = [_named(inner) for inner in _inner(component) if any(_inner(inner))]
    return f"{component['option']}({', '.join(made_of)})" if made_of else str(component["option"])


def _inner(component: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield the components among the parameters of one, as `ComponentConfig.to_json` writes it."""
    for value in component["parameters"].values():
        if isinstance(value, Mapping) and "$component" in value:
            yield value["$component"]
