"""Traces, written as they stand in the ledger: MLflow's own recorder stamps the present time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from mlflow.entities import (
    AssessmentSource,
    AssessmentSourceType,
    Expectation,
    Feedback,
    Span,
    TraceInfo,
    TraceLocation,
    TraceState,
)
from mlflow.tracing.client import TracingClient
from mlflow.tracing.constant import SpanAttributeKey, TokenUsageKey, TraceMetadataKey, TraceTagKey

from syftr_like.contracts import Json

from .content import SpanContent, TraceContent

PREVIEW = 1000
"""Characters of question and answer that the list of traces shows."""


def log_traces(
    client: TracingClient,
    experiment: str,
    run_id: str,
    model_id: str | None,
    traces: Sequence[TraceContent],
) -> None:
    """Write the traces of a run, linked to it and to its model."""
    spans: list[Span] = []
    for trace in traces:
        info = _info(trace, experiment, run_id, model_id)
        client.start_trace(info)
        spans.extend(_spans(trace, info.trace_id))
    client.log_spans(experiment, spans)


def trace_id(run_id: str, key: str) -> str:
    """Return the id of a run's trace: the same each time, so that none is written twice."""
    return "tr-" + hashlib.sha256(f"{run_id}/{key}".encode()).hexdigest()[:32]


def _info(trace: TraceContent, experiment: str, run_id: str, model_id: str | None) -> TraceInfo:
    root = trace.spans[0]
    id = trace_id(run_id, trace.key)
    metadata = {TraceMetadataKey.SOURCE_RUN: run_id}
    if model_id is not None:
        metadata[TraceMetadataKey.MODEL_ID] = model_id
    return TraceInfo(
        trace_id=id,
        trace_location=TraceLocation.from_experiment_id(experiment),
        request_time=root.start // 1_000_000,
        execution_duration=(root.end - root.start) // 1_000_000,
        state=TraceState.OK if root.error is None else TraceState.ERROR,
        request_preview=trace.question[:PREVIEW],
        response_preview=(trace.answer or root.error or "(abstained)")[:PREVIEW],
        client_request_id=trace.key,
        trace_metadata=metadata,
        tags={TraceTagKey.TRACE_NAME: root.name},
        assessments=list(_assessments(trace, root.end // 1_000_000)),
    )


def _assessments(trace: TraceContent, at: int) -> Iterator[Expectation | Feedback]:
    """Yield what was expected, and how the answer scored."""
    source = AssessmentSource(source_type=AssessmentSourceType.CODE, source_id="syftr-like")
    expected: Any = list(trace.expected) or "(not answerable)"
    yield Expectation(
        name="expected_answer",
        value=expected,
        source=source,
        create_time_ms=at,
        last_update_time_ms=at,
    )
    for name, value in trace.scores.items():
        yield Feedback(
            name=name, value=value, source=source, create_time_ms=at, last_update_time_ms=at
        )


def _spans(trace: TraceContent, trace_id: str) -> Iterator[Span]:
    ids = {span.name: _span_id(trace_id, span.name) for span in trace.spans[1:]}
    root = _span_id(trace_id, "")
    for span in trace.spans:
        yield Span.from_dict(
            {
                "trace_id": trace_id,
                "span_id": root if span.parent is None else ids[span.name],
                "parent_span_id": None if span.parent is None else root,
                "name": span.name,
                "start_time_unix_nano": span.start,
                "end_time_unix_nano": span.end,
                "events": [],
                "status": {
                    "code": "STATUS_CODE_OK" if span.error is None else "STATUS_CODE_ERROR",
                    "message": span.error or "",
                },
                "attributes": _attributes(span, trace_id),
            }
        )


def _span_id(trace_id: str, name: str) -> str:
    return hashlib.sha256(f"{trace_id}/{name}".encode()).hexdigest()[:16]


def _attributes(span: SpanContent, trace_id: str) -> dict[str, str]:
    """Return the attributes as MLflow stores them: each as JSON."""
    named: dict[str, Json] = {
        SpanAttributeKey.REQUEST_ID: trace_id,
        SpanAttributeKey.SPAN_TYPE: span.kind,
    }
    given = dict(span.attributes)
    for key, name in (("inputs", SpanAttributeKey.INPUTS), ("outputs", SpanAttributeKey.OUTPUTS)):
        if key in given:
            named[name] = given.pop(key)
    named |= given
    named |= _usage(given)
    return {name: json.dumps(value, ensure_ascii=False) for name, value in named.items()}


def _usage(given: Mapping[str, Any]) -> dict[str, Json]:
    """Return what MLflow adds up over a trace: tokens and dollars of model calls."""
    if not given.get("model_calls"):
        return {}
    read, written = given["input_tokens"], given["output_tokens"]
    return {
        SpanAttributeKey.CHAT_USAGE: {
            TokenUsageKey.INPUT_TOKENS: read,
            TokenUsageKey.OUTPUT_TOKENS: written,
            TokenUsageKey.TOTAL_TOKENS: read + written,
        },
        SpanAttributeKey.MODEL: ", ".join(given["models"]),
    }
