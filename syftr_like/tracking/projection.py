"""What a study looks like in MLflow.

One experiment per study; one top-level run per trial, because the UI's charts hide nested runs;
one run `summary` with the files and the recommendation.
"""

from __future__ import annotations

import json
import time
from pathlib import Path

from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunStatus, RunTag, ViewType

from syftr_like.report.front_json import front_document
from syftr_like.results import StudyResult, TrialResult, TrialState

from .note import summary_note

KIND, TRIAL, SUMMARY = "syftr_like.kind", "trial", "summary"
SUPERSEDED = "superseded"
NOTE = "mlflow.note.content"  # the tag that the UI shows as the run's description


class Projection:
    """Writes to one experiment.

    Args:
        address: MLflow's tracking address.
        study: The experiment's name.
        artifacts: Folder for files when the address is a database.

    Raises:
        MlflowException: The server or database refuses, or cannot be reached.
    """

    def __init__(self, address: str, study: str, artifacts: Path) -> None:
        self._client = MlflowClient(tracking_uri=address)
        self._runs: dict[str, str] = {}
        experiment = self._client.get_experiment_by_name(study)
        if experiment is not None:
            self._experiment = experiment.experiment_id
            self._supersede_earlier_runs()
            return
        location = None
        if not address.startswith(("http://", "https://")):
            location = (artifacts.resolve()).as_uri()
        self._experiment = self._client.create_experiment(study, artifact_location=location)

    def _supersede_earlier_runs(self) -> None:
        token = None
        while True:
            page = self._client.search_runs(
                [self._experiment],
                run_view_type=ViewType.ACTIVE_ONLY,
                max_results=1000,
                page_token=token,
            )
            for run in page:
                if run.data.tags.get(SUPERSEDED) != "true":
                    self._client.set_tag(run.info.run_id, SUPERSEDED, "true")
            token = page.token
            if not token:
                return

    def add_trial(self, trial: TrialResult) -> None:
        """Write a finished trial as a run."""
        started = int(trial.started_at * 1000)
        ended = int((trial.started_at + trial.seconds) * 1000)
        run = self._client.create_run(
            self._experiment,
            start_time=started,
            tags={
                KIND: TRIAL,
                "state": trial.state.value,
                "pareto": "false",
                "feasible": str(trial.feasible).lower(),
                "configuration": configuration_text(trial),
            },
            run_name=trial.id,
        )
        run_id = run.info.run_id
        self._runs[trial.id] = run_id
        metrics = [
            Metric(name, float(value), ended, 0)
            for metric, estimate in trial.tune.items()
            for name, value in (
                (metric, estimate.value),
                (f"{metric}_low", estimate.low),
                (f"{metric}_high", estimate.high),
            )
            if value is not None
        ]
        metrics += [
            Metric("evaluations", float(trial.evaluations), ended, 0),
            Metric("failures", float(trial.failures), ended, 0),
            Metric("usd_index", trial.usd_index, ended, 0),
            Metric("index_seconds", trial.index_seconds, ended, 0),
        ]
        tags = []
        if trial.first_error:
            tags.append(RunTag("first_error", trial.first_error[:5000]))
        self._client.log_batch(
            run_id,
            metrics=metrics,
            params=[Param(path, str(value)) for path, value in trial.params.items()],
            tags=tags,
        )
        complete = trial.state is TrialState.COMPLETE
        status = RunStatus.FINISHED if complete else RunStatus.KILLED
        self._client.set_terminated(run_id, RunStatus.to_string(status), end_time=ended)

    def complete(self, result: StudyResult, folder: Path) -> None:
        """Tag the front, add its holdout values, and write the run `summary`."""
        recommended: dict[str, list[str]] = {}
        for name, id in result.recommended.items():
            if id is not None:
                recommended.setdefault(id, []).append(name)
        now = int(time.time() * 1000)
        for trial in result.trials:
            if trial.id not in self._runs:
                continue
            run_id = self._runs[trial.id]
            if trial.id in result.front:
                metrics = [
                    Metric(f"holdout_{name}", float(value), now, 0)
                    for metric, estimate in trial.holdout.items()
                    for name, value in (
                        (metric, estimate.value),
                        (f"{metric}_low", estimate.low),
                        (f"{metric}_high", estimate.high),
                    )
                    if value is not None
                ]
                tags = [RunTag("pareto", "true")]
                if trial.id in recommended:
                    tags.append(RunTag("recommended", ", ".join(recommended[trial.id])))
                self._client.log_batch(run_id, metrics=metrics, tags=tags)
                self._client.log_artifact(run_id, str(folder / "flows" / f"{trial.id}.yaml"))
        self._write_summary(result, folder, now)

    def _write_summary(self, result: StudyResult, folder: Path, now: int) -> None:
        run = self._client.create_run(
            self._experiment,
            tags={
                KIND: SUMMARY,
                NOTE: summary_note(result),
                "ended": result.ended,
                "front": ", ".join(result.front)[:5000],
            },
            run_name=SUMMARY,
        )
        run_id = run.info.run_id
        spent = front_document(result)["spent"]
        self._client.log_batch(
            run_id,
            metrics=[Metric(f"spent_{name}", float(value), now, 0) for name, value in spent.items()]
            + [Metric("front_members", float(len(result.front)), now, 0)],
            params=[
                Param(f"{section}.{name}", str(value)[:6000])
                for section, facts in (
                    ("dataset", result.dataset),
                    ("space", result.space),
                    ("search", result.search),
                )
                for name, value in facts.items()
            ],
        )
        for name in ("report.html", "front.json", "trials.csv", "study.lock.yaml"):
            self._client.log_artifact(run_id, str(folder / name))
        self._client.set_terminated(run_id)


def configuration_text(trial: TrialResult) -> str:
    """Return the searched parameters as JSON, as a tag that can be copied."""
    return json.dumps(dict(trial.params), ensure_ascii=False)[:5000]
