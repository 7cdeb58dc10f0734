"""What hangs on a run beside its values: files, the model of its flow, traces."""

from __future__ import annotations

import tempfile
from collections.abc import Mapping
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import LoggedModel
from mlflow.tracing.client import TracingClient

from .content import RunContent
from .known_run import KnownRun
from .models import log_flow_model
from .traces import log_traces, trace_id

PAGE = 100


class Attachments:
    """Reads, writes and removes what hangs on the runs of an experiment."""

    def __init__(self, client: MlflowClient, tracing: TracingClient, experiment: str) -> None:
        self._client = client
        self._tracing = tracing
        self._experiment = experiment

    def files(self, run: KnownRun) -> set[str]:
        """Return the paths of a run's artifacts."""
        if run.files is None:
            run.files = self._list(run.id, None)
        return run.files

    def _list(self, run_id: str, folder: str | None) -> set[str]:
        found: set[str] = set()
        for file in self._client.list_artifacts(run_id, folder):
            found |= self._list(run_id, file.path) if file.is_dir else {file.path}
        return found

    def log_files(self, run: KnownRun, files: Mapping[str, bytes]) -> None:
        """Write artifacts, in place of those of the same paths."""
        with tempfile.TemporaryDirectory(prefix="syftr-like-") as folder:
            for path, content in files.items():
                (Path(folder) / path).write_bytes(content)
            self._client.log_artifacts(run.id, folder)
        run.files = self.files(run) | set(files)

    def complete(self, run: KnownRun, content: RunContent) -> bool:
        """Return whether a run has its model and each of its traces, and no more."""
        wanted = {trace_id(run.id, trace.key) for trace in content.traces}
        models = self._models(run)
        return (
            len(models) == (0 if content.model is None else 1)
            and all(self._has_files(model.model_id) for model in models)
            and self._traces(run) == wanted
        )

    def _has_files(self, model_id: str) -> bool:
        paths = {file.path for file in self._client.list_logged_model_artifacts(model_id)}
        return "MLmodel" in paths

    def log(self, run: KnownRun, content: RunContent) -> None:
        """Write the model and the traces."""
        model = None
        if content.model is not None:
            model = log_flow_model(self._client, self._experiment, run.id, content, content.model)
        if content.traces:
            log_traces(self._tracing, self._experiment, run.id, model, content.traces)

    def remove(self, run: KnownRun) -> None:
        """Remove the model and the traces."""
        for model in self._models(run):
            self._client.delete_logged_model(model.model_id)
        traces = sorted(self._traces(run))
        for first in range(0, len(traces), PAGE):
            some = traces[first : first + PAGE]
            self._tracing.delete_traces(self._experiment, trace_ids=some)

    def _models(self, run: KnownRun) -> list[LoggedModel]:
        return list(
            self._client.search_logged_models(
                [self._experiment], filter_string=f"source_run_id = '{run.id}'"
            )
        )

    def _traces(self, run: KnownRun) -> set[str]:
        found: set[str] = set()
        token = None
        while True:
            page = self._tracing.search_traces(
                locations=[self._experiment],
                run_id=run.id,
                include_spans=False,
                max_results=PAGE,
                page_token=token,
            )
            found |= {trace.info.trace_id for trace in page}
            token = page.token
            if not token:
                return found
