"""A flow in one line."""

from __future__ import annotations

from typing import Any

from syftr_like.results import TrialResult


def choices_text(trial: TrialResult) -> str:
    """Return the components that a flow is made of, in the order of the graph."""
    nodes: Any = trial.flow["nodes"]
    return " > ".join(str(node["option"]) for node in nodes)
