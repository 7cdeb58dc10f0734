"""Front flows as MLflow models: written to a folder, then logged as one."""

from __future__ import annotations

import logging
import tempfile
import uuid
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

import pandas as pd
from mlflow import MlflowClient, pyfunc
from mlflow.entities import LoggedModelOutput, LoggedModelStatus, Metric
from mlflow.models import Model, ModelSignature
from mlflow.types.schema import Array, ColSpec, DataType, Object, Property, Schema

from .content import MetricPoint, ModelContent, RunContent

CODE = Path(__file__).with_name("flow_model.py")
CONTENT_TAG = "syftr_like.content"

SIGNATURE = ModelSignature(
    inputs=Schema([ColSpec(DataType.string)]),
    outputs=Schema(
        [
            ColSpec(DataType.string, "answer"),
            ColSpec(DataType.boolean, "abstained"),
            ColSpec(DataType.double, "confidence", required=False),
            ColSpec(
                Array(
                    Object(
                        [
                            Property("document", DataType.string),
                            Property("start", DataType.long),
                            Property("end", DataType.long),
                        ]
                    )
                ),
                "passages",
            ),
            ColSpec(DataType.double, "usd", required=False),
            ColSpec(DataType.double, "latency_s", required=False),
            ColSpec(DataType.string, "error", required=False),
        ]
    ),
)


def log_flow_model(
    client: MlflowClient, experiment: str, run_id: str, content: RunContent, model: ModelContent
) -> str:
    """Log the flow of a run as a model, with the run's last values, and return the model's id."""
    logged = client.create_logged_model(
        experiment_id=experiment,
        name=model.name,
        source_run_id=run_id,
        tags={**model.tags, CONTENT_TAG: content.model_digest},
        params=dict(model.params),
        model_type="flow",
    )
    id: str = logged.model_id
    with tempfile.TemporaryDirectory(prefix="syftr-like-") as folder:
        saved = Path(folder) / "model"
        save_flow_model(saved, model)
        client.log_model_artifacts(id, str(saved))
    client.finalize_logged_model(id, LoggedModelStatus.READY)
    client.log_outputs(run_id, models=[LoggedModelOutput(id, step=0)])
    client.log_batch(run_id, metrics=list(_of_model(content, id)))
    return id


def save_flow_model(path: Path, model: ModelContent) -> None:
    """Write a model to a folder. Equal content gives equal files."""
    sources = path.with_name("sources")
    sources.mkdir()
    flow, documents = sources / "flow.yaml", sources / "documents.parquet"
    flow.write_text(model.flow, encoding="utf-8")
    documents.write_bytes(model.documents)
    artifacts = {"flow": str(flow), "documents": str(documents)}
    if model.examples is not None:
        examples = sources / "examples.jsonl"
        examples.write_bytes(model.examples)
        artifacts["examples"] = str(examples)
    described = Model(
        utc_time_created=str(datetime.fromtimestamp(model.created_at, UTC).replace(tzinfo=None)),
        model_uuid=uuid.uuid5(uuid.NAMESPACE_OID, model.flow + model.documents_digest).hex,
    )
    with _quiet():
        pyfunc.save_model(
            path,
            mlflow_model=described,
            python_model=str(CODE),
            artifacts=artifacts,
            signature=SIGNATURE,
            input_example=pd.DataFrame({"question": [model.example]}),
            # Without them MLflow finds them out by running the model, which takes seconds.
            pip_requirements=[f"syftr-like=={version('syftr-like')}"],
            model_config=dict(model.settings),
        )
    # Where the files came from is of no use to anyone, and differs each time.
    flavor = described.flavors[pyfunc.FLAVOR_NAME]
    flavor["model_code_path"] = CODE.name
    for artifact in flavor["artifacts"].values():
        artifact["uri"] = artifact["path"]
    described.save(str(path / "MLmodel"))


def _of_model(content: RunContent, id: str) -> Iterator[Metric]:
    """Yield the last value of each metric, linked to the model and to its dataset."""
    for point in last_points(content.metrics):
        split = "holdout" if point.name.startswith("holdout_") else "tune"
        for dataset in content.datasets:
            if dataset.context == split:
                yield Metric(
                    point.name,
                    point.value,
                    point.at,
                    point.step,
                    model_id=id,
                    dataset_name=dataset.name,
                    dataset_digest=dataset.digest,
                )


def last_points(points: Iterable[MetricPoint]) -> list[MetricPoint]:
    """Return the last point of each history: what MLflow shows as the metric's value."""
    last: dict[str, MetricPoint] = {}
    for point in points:
        known = last.get(point.name)
        if known is None or (point.step, point.at) >= (known.step, known.at):
            last[point.name] = point
    return list(last.values())


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep MLflow from telling a person what it validates."""
    logger = logging.getLogger("mlflow.pyfunc")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        yield
    finally:
        logger.setLevel(level)
