"""What an MLflow experiment shall hold, as plain data.

Everything derives from the ledger, times included, so that content that is made again is equal,
field by field. Nothing here knows MLflow.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from syftr_like.contracts import Json

RUNNING, FINISHED, KILLED, FAILED = "RUNNING", "FINISHED", "KILLED", "FAILED"
"""States of a run, as MLflow calls them."""


@dataclass(frozen=True, slots=True)
class MetricPoint:
    """One value of a metric's history. `at` is in milliseconds, `step` a number of questions."""

    name: str
    value: float
    at: int
    step: int


@dataclass(frozen=True, slots=True)
class DatasetContent:
    """Questions that a run was evaluated on.

    Attributes:
        name: Shown beside the run.
        digest: At most 36 characters.
        context: The split.
        source: Where it comes from, as JSON.
        schema: Columns in MLflow's own form, as JSON.
        profile: Counts, as JSON.
    """

    name: str
    digest: str
    context: str
    source: str
    schema: str
    profile: str


@dataclass(frozen=True, slots=True)
class SpanContent:
    """A part of a trace. Times are nanoseconds since the epoch; `parent` is None at the root."""

    name: str
    kind: str
    parent: str | None
    start: int
    end: int
    error: str | None
    attributes: Mapping[str, Json]


@dataclass(frozen=True, slots=True)
class TraceContent:
    """A question on its way through a flow.

    Attributes:
        key: `t007/<question id>`.
        question: Its text.
        expected: Accepted answers; empty for a question that has none.
        answer: The flow's answer, None when it failed.
        scores: Metric name to score.
        spans: The root first, then a span per node.
    """

    key: str
    question: str
    expected: tuple[str, ...]
    answer: str | None
    scores: Mapping[str, float]
    spans: tuple[SpanContent, ...]


@dataclass(frozen=True, slots=True)
class ModelContent:
    """A flow that can be loaded and asked.

    Attributes:
        name: The trial's id.
        flow: The flow file.
        documents: What it answers from, as Parquet.
        documents_digest: Stands for `documents` where content is compared.
        settings: What else the model needs: allowed imports, timeout, price of compute.
        params: Shown on the model's page.
        tags: Shown on the model's page.
        example: A question.
        created_at: Seconds since the epoch.
        examples: The labelled questions that the flow learns from, as JSON lines; None where it
            learns from none.
    """

    name: str
    flow: str
    documents: bytes
    documents_digest: str
    settings: Mapping[str, Json]
    params: Mapping[str, str]
    tags: Mapping[str, str]
    example: str
    created_at: float
    examples: bytes | None = None


@dataclass(frozen=True, slots=True)
class RunContent:
    """A run.

    Attributes:
        name: `t007`, or `summary`.
        started: Milliseconds since the epoch.
        ended: The same; None while it runs.
        status: `RUNNING`, `FINISHED`, `KILLED` or `FAILED`.
        tags: All of them.
        params: Searched parameters by path; for the summary, facts of the study.
        metrics: Whole histories.
        datasets: What it was evaluated on.
        files: Artifact path to content.
        traces: Questions of the holdout split.
        model: The flow, for members of the front.
    """

    name: str
    started: int
    ended: int | None
    status: str
    tags: Mapping[str, str]
    params: Mapping[str, str] = field(default_factory=dict)
    metrics: tuple[MetricPoint, ...] = ()
    datasets: tuple[DatasetContent, ...] = ()
    files: Mapping[str, bytes] = field(default_factory=dict)
    traces: tuple[TraceContent, ...] = ()
    model: ModelContent | None = None

    @property
    def metrics_digest(self) -> str:
        """Tells one set of histories from another."""
        return digest(sorted((p.name, p.step, p.at, p.value) for p in self.metrics))

    @property
    def files_digest(self) -> str:
        """Tells one set of artifacts from another."""
        return digest({p: hashlib.sha256(c).hexdigest() for p, c in sorted(self.files.items())})

    @property
    def traces_digest(self) -> str:
        """Tells one set of traces from another."""
        return digest([asdict(trace) for trace in self.traces])

    @property
    def model_digest(self) -> str:
        """Tells one model from another; empty without one."""
        if self.model is None:
            return ""
        content = asdict(self.model) | {"documents": None}
        learnt = content.pop("examples")
        if learnt is not None:
            content["examples"] = hashlib.sha256(learnt).hexdigest()
        return digest(content)


def digest(value: Any) -> str:
    """Return a short digest of JSON-like data."""
    text = json.dumps(value, sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def milliseconds(seconds: float) -> int:
    """Return a time of the ledger as MLflow writes it."""
    return int(seconds * 1000)
