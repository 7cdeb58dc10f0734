"""What a question's nodes found, and what of it a node read."""

from __future__ import annotations

from collections.abc import Mapping

from syftr_like.contracts import Passage, Port

from .build import Flow
from .question_run import QuestionRun


def found_passages(flow: Flow, run: QuestionRun) -> dict[str, tuple[Passage, ...]]:
    """Return what each node that yields passages found, for whatever texts it was asked with."""
    found: dict[str, dict[tuple[str, int, int, str], Passage]] = {}
    for of_text in run.texts.values():
        for name, value in of_text.values.items():
            if name in flow.nodes and flow.nodes[name].component.output is Port.PASSAGES:
                here = found.setdefault(name, {})
                for passage in value:
                    here.setdefault(passage.chunk.place, passage)
    return {name: tuple(passages.values()) for name, passages in found.items()}


def read_passages(
    flow: Flow, name: str, retrieved: Mapping[str, tuple[Passage, ...]]
) -> tuple[Passage, ...]:
    """Return what a node read: the passages that it yields or is fed with, or its branches found.

    Branches that were not asked found nothing.
    """
    if name in retrieved or name not in flow.nodes:
        return retrieved.get(name, ())
    node = flow.nodes[name]
    for source in node.inputs.values():
        if source in retrieved:
            return retrieved[source]
    read: dict[tuple[str, int, int, str], Passage] = {}
    for of in node.branches.values():
        for source in of.values():
            for passage in read_passages(flow, source, retrieved):
                read.setdefault(passage.chunk.place, passage)
    return tuple(read.values())
