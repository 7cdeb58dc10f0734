"""Questions of the holdout split as traces: one span per node of the flow.

A span stands at its service time, so that a trace is as long as the flow's; waiting for a free CPU
slot, which a production flow would not do, is an attribute. A node that was asked more than once,
as an agent's tool is, has a span each time, with the text it was asked with; its model calls are
told with the first.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from syftr_like.contracts import Json, Kind
from syftr_like.contracts.registry import component_class, component_names
from syftr_like.results import TrialResult

from .content import SpanContent, TraceContent
from .source import StudySource

TRACED_QUESTIONS = 20
"""Per flow: enough to look at, and a study of eight front flows is still written in seconds."""

LONGEST_OUTPUT = 20
"""Passages of a node that a span shows."""

_SPAN_KINDS = {
    Kind.RETRIEVER: "RETRIEVER",
    Kind.RERANKER: "RERANKER",
    Kind.LLM: "LLM",
    Kind.EMBEDDER: "EMBEDDING",
    Kind.PROMPT: "PARSER",
}

Row = Mapping[str, Any]


def trace_contents(
    trial: TrialResult, rows: Sequence[Row], calls: Iterable[Row], source: StudySource
) -> tuple[TraceContent, ...]:
    """Return the traces of the first questions of the holdout split.

    Args:
        trial: A member of the front.
        rows: Its evaluations on the holdout split, as the ledger holds them.
        calls: Its model calls.
        source: Where the questions and passages are.
    """
    by_question = {row["question"]: row for row in rows}
    made: dict[str, list[Row]] = {}
    for call in calls:
        if call["split"] == "holdout":
            made.setdefault(call["question"], []).append(call)
    return tuple(
        _trace(trial, by_question[question.id], made.get(question.id, ()), source)
        for question in source.holdout[:TRACED_QUESTIONS]
        if question.id in by_question
    )


def _trace(trial: TrialResult, row: Row, calls: Sequence[Row], source: StudySource) -> TraceContent:
    question = source.questions_by_id[row["question"]]
    end = int(row["finished_at"] * 1e9)
    start = end - int(row["latency_s"] * 1e9)
    root = SpanContent(
        name=trial.id,
        kind="CHAIN",
        parent=None,
        start=start,
        end=end,
        error=row["error"],
        attributes={
            "inputs": {"question": question.question},
            "outputs": _reply(row),
            "question_id": question.id,
            "latency_s": row["latency_s"],
            "cpu_seconds": row["cpu_s"],
            "usd": row["usd"],
            "cache_hits": row["cache_hits"],
        },
    )
    return TraceContent(
        key=f"{trial.id}/{question.id}",
        question=question.question,
        expected=question.answers,
        answer=row["answer"],
        scores=row["scores"],
        spans=(root, *_node_spans(trial, row, calls, source, start)),
    )


def _node_spans(
    trial: TrialResult, row: Row, calls: Sequence[Row], source: StudySource, start: int
) -> list[SpanContent]:
    flow: Any = trial.flow
    feeding = {node["name"]: tuple(node["inputs"].values()) for node in flow["nodes"]}
    text = source.questions_by_id[row["question"]].question
    spans = []
    left = list(calls)
    for ran in _in_order(row["nodes"], feeding):
        name, component, seconds, waited, cpu, began_s, asked = ran
        inputs = feeding[name]
        begun = start + int(began_s * 1e9)
        made = [call for call in left if call["node"] == name]
        left = [call for call in left if call["node"] != name]
        given: dict[str, Json] = {"question": asked or text} if "question" in inputs else {}
        for i in inputs:
            if i in row["retrieved"]:
                given[i] = _short(row["retrieved"][i])
        attributes: dict[str, Json] = {
            "inputs": given,
            "component": component,
            "cpu_seconds": cpu,
            "waited_seconds": waited,
            **_consumed(made),
        }
        if name in row["retrieved"]:
            attributes["outputs"] = _passages(row["retrieved"][name], source)
        elif name == flow["output"]:
            attributes["outputs"] = _reply(row)
        spans.append(
            SpanContent(
                name=name,
                kind=_kind(component),
                parent=trial.id,
                start=begun,
                end=begun + int(seconds * 1e9),
                # The node that failed is the last that ran.
                error=row["error"] if ran[0] == row["nodes"][-1][0] else None,
                attributes=attributes,
            )
        )
    return spans


def _in_order(
    nodes: Sequence[Sequence[Any]], feeding: Mapping[str, Sequence[str]]
) -> list[tuple[Any, ...]]:
    """Return the records of nodes in the order of the graph, and of time within a node.

    Ledgers of earlier versions do not hold when a node began: there it is where the last of its
    inputs ended.
    """
    place = {name: position for position, name in enumerate(feeding)}
    ended: dict[str, float] = {}
    found = []
    for record in sorted(nodes, key=lambda record: (place[record[0]], *record[5:6])):
        name, component, seconds, waited, cpu, *known = record
        at, asked = known or (max((ended.get(i, 0.0) for i in feeding[name]), default=0.0), None)
        ended[name] = at + seconds
        found.append((name, component, seconds, waited, cpu, at, asked))
    return found


def _kind(component: str) -> str:
    if component not in component_names():
        return "CHAIN"
    return _SPAN_KINDS.get(component_class(component).kind, "CHAIN")


def _reply(row: Row) -> dict[str, Json]:
    return {
        "answer": row["answer"],
        "abstained": row["abstained"],
        "confidence": row["confidence"],
    }


def _consumed(calls: Sequence[Row]) -> dict[str, Json]:
    """Return what a node's model calls add up to."""
    return {
        "model_calls": len(calls),
        "input_tokens": sum(call["input_tokens"] for call in calls),
        "output_tokens": sum(call["output_tokens"] for call in calls),
        "usd": sum(call["usd"] for call in calls),
        "cached": bool(calls) and all(call["cached"] for call in calls),
        "models": sorted({call["model"] for call in calls}),
    }


def _short(spans: Sequence[Sequence[Any]]) -> list[Json]:
    return [f"{document}[{start}:{end}]" for document, start, end, _ in spans[:LONGEST_OUTPUT]]


def _passages(spans: Sequence[Sequence[Any]], source: StudySource) -> list[Json]:
    """Return passages in the form in which MLflow shows retrieved documents."""
    shown: list[Json] = []
    for document, start, end, score in spans[:LONGEST_OUTPUT]:
        found = source.documents_by_id[document]
        shown.append(
            {
                "page_content": found.text[start:end],
                "metadata": {
                    "doc_uri": document,
                    "title": found.title,
                    "start": start,
                    "end": end,
                    "score": score,
                },
            }
        )
    return shown
