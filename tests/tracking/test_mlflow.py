"""A study in MLflow: what is written, what is tagged, and that its absence stops nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from mlflow import MlflowClient

from syftr_like.errors import InputError
from syftr_like.results import TrialState
from syftr_like.study.run_folder import RunFolder
from syftr_like.tracking import open_tracker

from ..study.tiny_study import write_tiny_study
from .conftest import SPACE, STUDY, Tracked, made_source

Run = Callable[..., Tracked]


def test_nothing_went_wrong(tracked: Tracked) -> None:
    assert tracked.tracker.error is None


class TestTrials:
    def test_each_has_a_run_at_the_top_level(self, tracked: Tracked) -> None:
        runs = tracked.runs("trial")
        assert sorted(run.info.run_name for run in runs) == [t.id for t in tracked.result.trials]
        assert len(runs) == 4
        assert all("mlflow.parentRunId" not in run.data.tags for run in runs)
        assert {run.info.status for run in runs} == {"FINISHED"}

    def test_parameters_are_named_by_path(self, tracked: Tracked) -> None:
        for trial in tracked.result.trials:
            params = tracked.run_of(trial.id).data.params
            assert params == {path: str(value) for path, value in trial.params.items()}
        assert {"answer", "answer.extractive_reader.abstain_below"} in (
            set(trial.params) for trial in tracked.result.trials
        )

    def test_metrics_come_with_their_intervals(self, tracked: Tracked) -> None:
        for trial in tracked.result.trials:
            metrics = tracked.run_of(trial.id).data.metrics
            for name, estimate in trial.tune.items():
                assert metrics[name] == estimate.value
                for end in ("low", "high"):
                    value = getattr(estimate, end)
                    assert metrics.get(f"{name}_{end}") == value
            assert metrics["evaluations"] == 8
            assert metrics["failures"] == 0
            assert metrics["index_seconds"] == trial.index_seconds

    def test_a_quantile_of_few_questions_has_no_interval_end_rather_than_a_wrong_one(
        self, tracked: Tracked
    ) -> None:
        trial = tracked.result.trials[0]
        assert trial.tune["latency_p95_s"].high is None
        assert "latency_p95_s_high" not in tracked.run_of(trial.id).data.metrics

    def test_tags_say_what_it_is_and_where_it_stands(self, tracked: Tracked) -> None:
        for trial in tracked.result.trials:
            tags = tracked.run_of(trial.id).data.tags
            assert tags["state"] == "complete"
            assert tags["feasible"] == str(trial.feasible).lower()
            assert json.loads(tags["configuration"]) == trial.params
        assert any(not trial.feasible for trial in tracked.result.trials)

    def test_it_lasted_as_long_as_in_the_ledger(self, tracked: Tracked) -> None:
        for trial in tracked.result.trials:
            info = tracked.run_of(trial.id).info
            assert (info.end_time - info.start_time) / 1000 == pytest.approx(
                trial.seconds, abs=0.002
            )


class TestTheFront:
    def test_it_is_tagged(self, tracked: Tracked) -> None:
        pareto = {
            run.info.run_name: run.data.tags["pareto"] == "true" for run in tracked.runs("trial")
        }
        assert {id for id, on in pareto.items() if on} == set(tracked.result.front)
        assert 0 < len(tracked.result.front) < 4

    def test_its_members_have_their_holdout_values_and_their_flow(self, tracked: Tracked) -> None:
        client = MlflowClient(tracking_uri=tracked.address)
        for trial in tracked.result.trials:
            run = tracked.run_of(trial.id)
            files = [file.path for file in client.list_artifacts(run.info.run_id)]
            if trial.id in tracked.result.front:
                holdout = run.data.metrics["holdout_answer_match"]
                assert holdout == trial.holdout["answer_match"].value
                assert files == ["evaluations.json", f"{trial.id}.yaml"]
            else:
                assert not any(name.startswith("holdout_") for name in run.data.metrics)
                assert files == []

    def test_the_recommended_say_so(self, tracked: Tracked) -> None:
        for name, id in tracked.result.recommended.items():
            if id is not None:
                assert name in tracked.run_of(id).data.tags["recommended"].split(", ")


class TestTheSummary:
    def test_there_is_one_with_the_files(self, tracked: Tracked) -> None:
        (summary,) = tracked.runs("summary")
        client = MlflowClient(tracking_uri=tracked.address)
        files = {file.path for file in client.list_artifacts(summary.info.run_id)}
        assert files == {
            "report.html", "front.html", "front.json", "trials.csv", "study.lock.yaml",
            "evaluations.json",
        }  # fmt: skip
        saved = Path(client.download_artifacts(summary.info.run_id, "front.json"))
        assert saved.read_bytes() == (tracked.folder / "front.json").read_bytes()

    def test_it_tells_the_result(self, tracked: Tracked) -> None:
        (summary,) = tracked.runs("summary")
        assert summary.data.tags["ended"] == tracked.result.ended
        assert summary.data.tags["front"] == ", ".join(tracked.result.front)
        note = summary.data.tags["mlflow.note.content"]
        assert all(id in note for id in tracked.result.front)
        assert summary.data.metrics["front_members"] == len(tracked.result.front)
        assert summary.data.metrics["spent_evaluations"] == tracked.result.spent.evaluations
        assert summary.data.params["dataset.documents"] == "12"
        assert summary.data.params["search.method"] == "grid"


class TestFresh:
    def test_earlier_runs_are_superseded_and_kept(self, tracked_twice: Tracked) -> None:
        runs = tracked_twice.runs("trial") + tracked_twice.runs("summary")
        superseded = [run for run in runs if run.data.tags.get("superseded") == "true"]
        assert len(runs) == 10
        assert len(superseded) == 5
        current = {run.info.run_id for run in runs} - {run.info.run_id for run in superseded}
        assert {
            tracked_twice.run_of(trial.id).info.run_id for trial in tracked_twice.result.trials
        } < current

    def test_a_study_that_does_not_begin_supersedes_nothing(
        self, tracked_twice: Tracked, run: Run, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        folder = tracked_twice.folder.parent.parent
        monkeypatch.chdir(folder)
        held = RunFolder(folder / "runs" / "tiny")
        held.hold()
        with pytest.raises(InputError, match="another process is running"):
            run(folder, tracked_twice.address, fresh=True)
        held.release()
        current = [r for r in tracked_twice.runs("trial") if "superseded" not in r.data.tags]
        assert len(current) == 4


class TestAnUnreachableServer:
    NOWHERE = "http://127.0.0.1:9"

    def test_it_does_not_stop_the_study_and_is_reported(
        self, run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
        done = run(tmp_path, self.NOWHERE)
        assert [trial.state for trial in done.result.trials] == [TrialState.COMPLETE] * 4
        assert (done.folder / "front.json").exists()
        assert done.tracker.error is not None
        assert "127.0.0.1" in done.tracker.error
        assert "tracking in MLflow ended" in (done.folder / "log.txt").read_text(encoding="utf-8")

    def test_the_command_warns_and_is_done(self, tmp_path: Path) -> None:
        path = write_tiny_study(tmp_path, study=STUDY.replace("MLFLOW", self.NOWHERE), space=SPACE)
        done = subprocess.run(
            [sys.executable, "-m", "syftr_like.cli.main", str(path)],
            cwd=tmp_path, capture_output=True, text=True, timeout=200, check=False,
        )  # fmt: skip
        assert done.returncode == 0
        assert "warning: tracking in MLflow ended early" in done.stderr
        assert "Traceback" not in done.stderr


def test_a_study_may_do_without(tmp_path: Path) -> None:
    assert open_tracker(None, made_source(tmp_path)) is None


def test_a_tracker_that_is_never_used_writes_nothing(tmp_path: Path) -> None:
    tracker = open_tracker(f"sqlite:///{tmp_path}/mlflow.db", made_source(tmp_path / "study"))
    assert tracker is not None
    tracker.close()
    assert not (tmp_path / "mlflow.db").exists()
