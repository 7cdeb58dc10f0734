"""Makes the runs of an MLflow experiment what they shall be, and writes nothing that they are.

Runs are found by their tags, so that a study that goes on, or is repaired, changes its own runs.
What MLflow cannot take back, such as a point of a metric's history that is no longer true, makes
a new run in place of the old one.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

from mlflow.entities import (
    Dataset,
    DatasetInput,
    InputTag,
    LifecycleStage,
    Metric,
    Param,
    Run,
    RunTag,
    ViewType,
)
from mlflow.tracing.client import TracingClient

from .attachments import Attachments
from .content import MetricPoint, RunContent, digest
from .database import open_client, settle_database
from .known_run import WRITTEN, KnownRun
from .models import last_points
from .tables import TABLES_TAG
from .trial_content import CREATED, KIND, NAME, NOTE

SUPERSEDED = "superseded"
EXPERIMENT_KIND = "mlflow.experimentKind"
BATCH = 1000
"""Metrics that MLflow takes at a time."""

OPTIONAL_TAGS = frozenset({"first_error", "violations", "recommended", TABLES_TAG})
"""Tags of ours that a run may come to have no more; a person's own are left alone."""

NO_TRACES = digest([])


class Writer:
    """Writes to one experiment.

    Args:
        address: MLflow's tracking address.
        study: The experiment's name.
        artifacts: Folder for files when the address is a database.
        created: What tells this run of the study from others.

    Attributes:
        changes: How many requests that change something were sent.

    Raises:
        MlflowException: The server or database refuses, or cannot be reached.
    """

    def __init__(self, address: str, study: str, artifacts: Path, created: str) -> None:
        self._address = address
        self._client = open_client(address)
        self.changes = 0
        self._experiment = self._open_experiment(address, study, artifacts)
        self._flows = Attachments(self._client, TracingClient(address), self._experiment)
        self._runs: dict[str, KnownRun] = {}
        self._outdated = False
        self._find_runs(created)

    def _open_experiment(self, address: str, study: str, artifacts: Path) -> str:
        experiment = self._client.get_experiment_by_name(study)
        if experiment is not None:
            id: str = experiment.experiment_id
            if experiment.lifecycle_stage == LifecycleStage.DELETED:
                self.changes += 1
                self._client.restore_experiment(id)
            return id
        location = None
        if not address.startswith(("http://", "https://", "databricks")):
            location = artifacts.resolve().as_uri()
        self.changes += 1
        # Without a kind, the UI asks a person what kind of experiment this is.
        tags = {EXPERIMENT_KIND: "custom_model_development"}
        return str(self._client.create_experiment(study, artifact_location=location, tags=tags))

    def _find_runs(self, created: str) -> None:
        """Find the runs of this study, and tag those of earlier ones, which `--fresh` set aside."""
        for run in self._search():
            tags = run.data.tags
            if KIND not in tags:
                continue  # a person's own run
            if tags.get(CREATED) == created:
                self._keep_one(tags.get(NAME, ""), _known(run))
            elif float(tags.get(CREATED, 0)) > float(created):
                self._outdated = True
            elif tags.get(SUPERSEDED) != "true":
                self.changes += 1
                self._client.set_tag(run.info.run_id, SUPERSEDED, "true")

    def _keep_one(self, name: str, run: KnownRun) -> None:
        """Know a run by its name; restoring an experiment brings back runs that were replaced."""
        if name in self._runs:
            self._remove(run)
        else:
            self._runs[name] = run

    def _search(self) -> Iterator[Run]:
        token = None
        while True:
            page = self._client.search_runs(
                [self._experiment],
                run_view_type=ViewType.ACTIVE_ONLY,
                max_results=1000,
                page_token=token,
            )
            yield from page
            token = page.token
            if not token:
                return

    def describe(self, note: str) -> None:
        """Set the text that the UI shows above the runs."""
        experiment = self._client.get_experiment(self._experiment)
        if experiment.tags.get(NOTE) != note:
            self.changes += 1
            self._client.set_experiment_tag(self._experiment, NOTE, note)

    def write(self, content: RunContent) -> None:
        """Make a run what it shall be.

        Raises:
            MlflowException: The server or database refuses, or cannot be reached.
        """
        run = self._runs.get(content.name)
        if run is not None and not self._can_become(run, content):
            self._remove(run)
            run = None
        if run is None:
            run = self._create(content)
        self._write_datasets(run, content)
        self._write_files(run, content)
        self._write_values(run, content)
        self._write_flow(run, content)
        self._write_end(run, content)

    def remove_others(self, names: Iterable[str]) -> None:
        """Remove runs of this study that it does not have."""
        for name in set(self._runs) - set(names):
            self._remove(self._runs.pop(name))

    def close(self) -> None:
        """Leave the database as one file.

        Raises:
            MlflowException: It cannot be written.
        """
        settle_database(self._address)

    def _create(self, content: RunContent) -> KnownRun:
        self.changes += 1
        tags = self._tags(content)
        made = self._client.create_run(
            self._experiment, start_time=content.started, tags=tags, run_name=content.name
        )
        run = KnownRun(
            made.info.run_id,
            content.started,
            None,
            made.info.status,
            tags,
            {},
            points=set(),
            files=set(),
            flow_seen=True,
        )
        self._runs[content.name] = run
        return run

    def _tags(self, content: RunContent) -> dict[str, str]:
        return {**content.tags, SUPERSEDED: "true"} if self._outdated else dict(content.tags)

    def _can_become(self, run: KnownRun, content: RunContent) -> bool:
        """Return whether a run can be made what it shall be without taking anything back."""
        datasets = {(dataset.name, dataset.digest) for dataset in content.datasets}
        return (
            run.started == content.started
            and all(content.params.get(name) == value for name, value in run.params.items())
            and run.datasets <= datasets
            and self._points(run, content) <= set(content.metrics)
            and self._flows.files(run) <= set(content.files)
            and (not run.models or self._has_flow(run, content))
        )

    def _points(self, run: KnownRun, content: RunContent) -> set[MetricPoint]:
        """Return the histories of a run; they are read only where something was not written."""
        if run.points is None:
            latest = {p.name: (p.value, p.at, p.step) for p in last_points(content.metrics)}
            if run.written.get("metrics") == content.metrics_digest and run.latest == latest:
                run.points = set(content.metrics)
            else:
                run.points = {
                    MetricPoint(m.key, m.value, m.timestamp, m.step)
                    for name in run.latest
                    for m in self._client.get_metric_history(run.id, name)
                }
        return run.points

    def _write_datasets(self, run: KnownRun, content: RunContent) -> None:
        missing = [d for d in content.datasets if (d.name, d.digest) not in run.datasets]
        if not missing:
            return
        self.changes += 1
        self._client.log_inputs(
            run.id,
            datasets=[
                DatasetInput(
                    Dataset(d.name, d.digest, "local", d.source, d.schema, d.profile),
                    tags=[InputTag("mlflow.data.context", d.context)],
                )
                for d in missing
            ],
        )
        run.datasets |= {(d.name, d.digest) for d in missing}

    def _write_files(self, run: KnownRun, content: RunContent) -> None:
        if content.files and not (
            run.written.get("files") == content.files_digest
            and set(content.files) <= self._flows.files(run)
        ):
            self.changes += 1
            self._flows.log_files(run, content.files)

    def _write_values(self, run: KnownRun, content: RunContent) -> None:
        """Write tags, parameters and histories; tags come last, also within a request."""
        known = self._points(run, content)
        metrics = [Metric(p.name, p.value, p.at, p.step) for p in content.metrics if p not in known]
        params = [Param(n, v) for n, v in content.params.items() if n not in run.params]
        tags = self._tags(content)
        written = {"metrics": content.metrics_digest} if content.metrics else {}
        if content.files:
            written["files"] = content.files_digest
        tags[WRITTEN] = _merged(run, written)
        changed = {name: text for name, text in tags.items() if run.tags.get(name) != text}
        for name in (set(run.tags) & OPTIONAL_TAGS) - set(tags):
            self.changes += 1
            self._client.delete_tag(run.id, name)
            del run.tags[name]
        for first in range(0, len(metrics), BATCH):
            more = metrics[first + BATCH :]
            self.changes += 1
            self._client.log_batch(
                run.id,
                metrics=metrics[first : first + BATCH],
                params=() if more else params,
                tags=() if more else [RunTag(*tag) for tag in changed.items()],
            )
        if not metrics and (params or changed):
            self.changes += 1
            self._client.log_batch(
                run.id, params=params, tags=[RunTag(*tag) for tag in changed.items()]
            )
        run.tags |= changed
        run.params |= content.params
        run.points = set(content.metrics)

    def _write_flow(self, run: KnownRun, content: RunContent) -> None:
        """Write the model and the traces; what there was of them goes first."""
        if self._has_flow(run, content):
            return
        self.changes += 1
        self._flows.remove(run)
        self._flows.log(run, content)
        run.flow_seen = True
        run.models = 0 if content.model is None else 1
        written = {"model": content.model_digest, "traces": content.traces_digest}
        self._client.set_tag(run.id, WRITTEN, _merged(run, written))
        run.tags[WRITTEN] = _merged(run, written)

    def _has_flow(self, run: KnownRun, content: RunContent) -> bool:
        """Return whether the model and the traces are there, and the right ones."""
        if (
            run.written.get("model", "") != content.model_digest
            or run.written.get("traces", NO_TRACES) != content.traces_digest
        ):
            return False
        run.flow_seen = run.flow_seen or self._flows.complete(run, content)
        return run.flow_seen

    def _write_end(self, run: KnownRun, content: RunContent) -> None:
        if content.ended is None:
            if run.status != content.status:
                self.changes += 1
                self._client.update_run(run.id, status=content.status)
                run.status = content.status
        elif (run.status, run.ended) != (content.status, content.ended):
            self.changes += 1
            self._client.set_terminated(run.id, content.status, end_time=content.ended)
            run.status, run.ended = content.status, content.ended

    def _remove(self, run: KnownRun) -> None:
        self.changes += 1
        self._flows.remove(run)
        self._client.delete_run(run.id)


def _merged(run: KnownRun, written: dict[str, str]) -> str:
    return json.dumps(run.written | written, sort_keys=True)


def _known(run: Run) -> KnownRun:
    return KnownRun(
        id=run.info.run_id,
        started=run.info.start_time,
        ended=run.info.end_time,
        status=run.info.status,
        tags=dict(run.data.tags),
        params=dict(run.data.params),
        latest={m.key: (m.value, m.timestamp, m.step) for m in run.data._metric_objs},
        datasets={(i.dataset.name, i.dataset.digest) for i in run.inputs.dataset_inputs}
        if run.inputs is not None
        else set(),
        models=len(run.outputs.model_outputs) if run.outputs is not None else 0,
    )
