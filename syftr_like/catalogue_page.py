"""The catalogue as a page: docs/components.md is what this makes of the code."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

from syftr_like.contracts import Component
from syftr_like.contracts.registry import component_class

from .catalogue import ComponentEntry, ParameterEntry, components_catalogue, metrics_catalogue

HEAD = """\
# Components and metrics

Made from the code by `optimize components --markdown`; do not edit. Every component can stand in a
[search space](search_space.md), with its parameters fixed or searched. `auto` searches those for
which a domain is given here. [Extending](extending.md) says how to add one.
"""

PRACTICE = """\
Components that ask a language model are tested, over the wire, with a
[practice server](practice_server.md). It is no language model: scores made with it say nothing
about real ones.
"""

KINDS = {
    "splitter": "Splitters: documents to chunks",
    "chunk_transform": "Chunk transforms: chunks to chunks, before any question",
    "embedder": "Embedders: texts to vectors",
    "retriever": "Retrievers: the chunks that may answer a question",
    "query_transform": "Query transforms: the question that is searched for",
    "reranker": "Rerankers: passages in another order, fewer, or shorter",
    "prompt": "Prompts: how a question is put to a language model",
    "llm": "Language models",
    "reader": "Readers: the answer",
    "agent": "Agents: the answer in steps, with parts of the graph as tools",
    "router": "Routers and cascades: which part of the graph answers",
    "judge": "Judges: what an answer is worth, in a model's eyes",
}
"""Headings of the kinds, in the order of a flow; others follow under their name."""


def components_page() -> str:
    """Return the page as Markdown."""
    entries = components_catalogue()
    kinds = [*KINDS, *sorted({entry.kind for entry in entries} - KINDS.keys())]
    parts = [HEAD, PRACTICE]
    for kind in kinds:
        of_kind = [entry for entry in entries if entry.kind == kind]
        if of_kind:
            parts.append(f"## {KINDS.get(kind, kind)}\n")
            parts += [_component(entry) for entry in of_kind]
    parts.append("## Metrics\n")
    parts.append("\n".join(_metrics()) + "\n")
    return "\n".join(parts)


def _component(entry: ComponentEntry) -> str:
    cls = component_class(entry.name)
    lines = [f"### `{entry.name}`\n", f"{_details(cls)}\n"]
    wiring = _wiring(cls)
    if wiring:
        lines.append(f"{wiring}\n")
    if entry.parameters:
        lines += ["| parameter | values | default | meaning |", "|---|---|---|---|"]
        lines += [_row(parameter) for parameter in entry.parameters]
        lines.append("")
    return "\n".join(lines)


def _details(cls: type[Component]) -> str:
    """Return the docstring as paragraphs."""
    text = inspect.cleandoc(cls.__doc__ or "")
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in text.split("\n\n"))


def _wiring(cls: type[Component]) -> str:
    if cls.output is None:
        return ""
    inputs = [
        f"{wanted.port}{' (any number)' if wanted.branches else ''}"
        f"{'' if wanted.required else ' (optional)'}"
        for wanted in cls.inputs.values()
    ]
    return f"From {', '.join(inputs)}; yields {cls.output}."


def _row(parameter: ParameterEntry) -> str:
    when = f" Only when {parameter.when}." if parameter.when else ""
    search = f" `auto`: {parameter.search}." if parameter.search else ""
    cells = (
        f"`{parameter.name}`",
        parameter.type,
        f"`{parameter.default}`" if parameter.default else "",
        f"{parameter.description}{when}{search}",
    )
    return f"| {' | '.join(_cell(cell) for cell in cells)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ")


def _metrics() -> Iterator[str]:
    yield "| metric | better | unit | meaning |"
    yield "|---|---|---|---|"
    for metric in metrics_catalogue():
        better = "larger" if metric.direction == "maximize" else "smaller"
        yield f"| `{metric.name}` | {better} | {metric.unit} | {_cell(metric.summary)} |"
