"""All that an MLflow experiment holds, as plain data that can be compared.

Left out is what MLflow makes up itself: ids of runs, models and traces, addresses of artifacts,
and the time at which a model was logged.
"""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

from mlflow import MlflowClient
from mlflow.artifacts import download_artifacts
from mlflow.entities import Run, Trace
from mlflow.tracing.client import TracingClient

MADE_UP_TRACE = ("mlflow.artifactLocation", "mlflow.sourceRun", "mlflow.modelId")


def stored(address: str, study: str = "tiny") -> dict[str, Any]:
    """Everything in the experiment of a study; superseded runs as well."""
    client = MlflowClient(tracking_uri=address)
    experiment = client.get_experiment_by_name(study)
    assert experiment is not None
    runs = client.search_runs([experiment.experiment_id], max_results=1000)
    names = [(run.info.run_name, run.data.tags["syftr_like.study_created"]) for run in runs]
    assert len(set(names)) == len(names), "a run is there twice"
    return {
        "tags": {k: v for k, v in experiment.tags.items() if not k.startswith("mlflow.trace")},
        "runs": {
            name: stored_run(client, address, run) for name, run in zip(names, runs, strict=True)
        },
    }


def stored_run(client: MlflowClient, address: str, run: Run) -> dict[str, Any]:
    info = run.info
    return {
        "name": info.run_name,
        "times": (info.start_time, info.end_time),
        "status": info.status,
        "tags": run.data.tags,
        "params": run.data.params,
        "metrics": run.data.metrics,
        "history": {
            name: sorted(
                (m.step, m.timestamp, m.value) for m in client.get_metric_history(info.run_id, name)
            )
            for name in run.data.metrics
        },
        "artifacts": digests(Path(client.download_artifacts(info.run_id, "")))
        if client.list_artifacts(info.run_id)
        else {},
        "datasets": sorted(
            (
                {
                    "tags": {tag.key: tag.value for tag in used.tags},
                    **dict(used.dataset),
                }
                for used in run.inputs.dataset_inputs
            ),
            key=lambda dataset: str(dataset["name"]),
        ),
        "models": [
            stored_model(client, address, run, out.model_id) for out in run.outputs.model_outputs
        ],
        "traces": {
            trace.info.client_request_id: stored_trace(trace)
            for trace in TracingClient(address).search_traces(
                locations=[info.experiment_id], run_id=info.run_id, max_results=100
            )
        },
    }


def stored_model(client: MlflowClient, address: str, run: Run, id: str) -> dict[str, Any]:
    model = client.get_logged_model(id)
    assert model.source_run_id == run.info.run_id
    content = digests(
        Path(download_artifacts(artifact_uri=model.artifact_location, tracking_uri=address))
    )
    return {
        "name": model.name,
        "type": model.model_type,
        "status": model.status,
        "tags": model.tags,
        "params": model.params,
        "files": content,
        "metrics": sorted(
            (m.key, m.value, m.timestamp, m.step, m.dataset_name, m.dataset_digest)
            for m in model.metrics
        ),
    }


def stored_trace(trace: Trace) -> dict[str, Any]:
    info = trace.info
    metadata = {k: v for k, v in info.trace_metadata.items() if k not in MADE_UP_TRACE}
    metadata.pop("mlflow.trace.sizeStats", None)  # the ids in spans are of any length
    return {
        "times": (info.request_time, info.execution_duration),
        "state": info.state,
        "previews": (info.request_preview, info.response_preview),
        "tags": {k: v for k, v in info.tags.items() if k not in MADE_UP_TRACE},
        "metadata": metadata,
        "assessments": sorted(
            (a.name, str(a.value), a.source.source_id, a.create_time_ms, a.last_update_time_ms)
            for a in info.assessments
        ),
        "spans": [
            {
                "name": span.name,
                "type": span.span_type,
                "parent": next(
                    (s.name for s in trace.data.spans if s.span_id == span.parent_id), None
                ),
                "times": (span.start_time_ns, span.end_time_ns),
                "status": (span.status.status_code, span.status.description),
                "attributes": {
                    k: v for k, v in span.attributes.items() if k != "mlflow.traceRequestId"
                },
            }
            for span in sorted(trace.data.spans, key=lambda s: (s.start_time_ns, s.name))
        ],
    }


def digests(folder: Path) -> dict[str, str]:
    return {
        str(path.relative_to(folder)): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
