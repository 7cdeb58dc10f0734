"""MLflow is a projection of the ledger: whatever is lost of it is made again, the same."""

from __future__ import annotations

import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.tracing.client import TracingClient
from mlflow.tracking._tracking_service.utils import _tracking_store_registry

from syftr_like.study.reading import read_run
from syftr_like.study.tracked import tracked_again
from syftr_like.tracking import sync

from .conftest import Tracked
from .stored import stored

Run = Callable[..., Tracked]


def synced(tracked: Tracked, *, dataset: bool = True) -> int:
    """Sync, and return how many changes it took."""
    run = read_run(tracked.folder)
    try:
        source = tracked_again(run) if dataset else None
        return sync(run.result, source, run.ledger, run.folder.path, tracked.address)
    finally:
        run.ledger.close()


def status_sync(study: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "syftr_like.cli.main", "status", study, "--sync"],
        capture_output=True, text=True, timeout=200, check=False,
    )  # fmt: skip


def forget_databases() -> None:
    """Let MLflow open its databases anew: it keeps connections to files that are gone."""
    for engine in SqlAlchemyStore._engine_map.values():
        engine.dispose()
    SqlAlchemyStore._engine_map.clear()
    _tracking_store_registry._get_store_with_resolved_uri.cache_clear()


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Tracked]:
    """A study of its own, which the tests damage, and its current folder."""
    from .conftest import run_tracked

    folder = tmp_path_factory.mktemp("synced")
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        yield run_tracked(folder, f"sqlite:///{folder}/mlflow.db")


@pytest.fixture(scope="module")
def before(first: Tracked) -> dict[str, Any]:
    """What the live tracker wrote."""
    return stored(first.address)


def test_nothing_is_written_where_nothing_is_missing(
    first: Tracked, before: dict[str, Any]
) -> None:
    assert synced(first) == 0
    assert stored(first.address) == before


def test_a_deleted_database_is_made_again_field_by_field(
    first: Tracked, before: dict[str, Any]
) -> None:
    forget_databases()
    Path(first.address.removeprefix("sqlite:///")).unlink()
    shutil.rmtree("mlartifacts")

    done = status_sync("tiny")

    assert done.returncode == 0, done.stderr
    assert "changes" in done.stdout
    assert stored(first.address) == before
    assert "nothing was missing" in status_sync("study.yaml").stdout


class TestDamage:
    """Each test damages one thing; what is made again is what there was."""

    def mended(self, first: Tracked, before: dict[str, Any]) -> bool:
        assert stored(first.address) != before
        assert synced(first) > 0
        return stored(first.address) == before and synced(first) == 0

    @pytest.fixture
    def client(self, first: Tracked) -> MlflowClient:
        return MlflowClient(tracking_uri=first.address)

    @pytest.fixture
    def member(self, first: Tracked) -> str:
        return first.run_of(first.result.front[0]).info.run_id

    def test_a_run(
        self, client: MlflowClient, first: Tracked, before: dict[str, Any], member: str
    ) -> None:
        client.delete_run(member)
        assert self.mended(first, before)

    def test_the_experiment(
        self, client: MlflowClient, first: Tracked, before: dict[str, Any]
    ) -> None:
        experiment = client.get_experiment_by_name("tiny")
        assert experiment is not None
        client.delete_experiment(experiment.experiment_id)
        assert synced(first) > 0
        assert stored(first.address) == before

    def test_a_tag(
        self, client: MlflowClient, first: Tracked, before: dict[str, Any], member: str
    ) -> None:
        client.set_tag(member, "pareto", "false")
        client.delete_tag(member, "configuration")
        assert self.mended(first, before)

    def test_a_status(
        self, client: MlflowClient, first: Tracked, before: dict[str, Any], member: str
    ) -> None:
        client.update_run(member, status="RUNNING")
        assert self.mended(first, before)

    def test_a_point_that_was_never_measured(
        self, client: MlflowClient, first: Tracked, before: dict[str, Any], member: str
    ) -> None:
        client.log_metric(member, "answer_match", 0.99, step=1000)
        assert self.mended(first, before)

    def test_a_file(
        self, client: MlflowClient, first: Tracked, before: dict[str, Any], member: str
    ) -> None:
        uri = client.get_run(member).info.artifact_uri
        (Path(uri.removeprefix("file://")) / "evaluations.json").unlink()
        assert self.mended(first, before)

    def test_all_files(self, first: Tracked, before: dict[str, Any]) -> None:
        shutil.rmtree("mlartifacts")
        assert synced(first) > 0
        assert stored(first.address) == before

    def test_a_model(
        self, client: MlflowClient, first: Tracked, before: dict[str, Any], member: str
    ) -> None:
        (output,) = client.get_run(member).outputs.model_outputs
        client.delete_logged_model(output.model_id)
        assert synced(first) > 0
        assert stored(first.address) == before

    def test_a_trace(
        self, client: MlflowClient, first: Tracked, before: dict[str, Any], member: str
    ) -> None:
        experiment = client.get_run(member).info.experiment_id
        tracing = TracingClient(first.address)
        trace = tracing.search_traces(locations=[experiment], run_id=member)[0]
        tracing.delete_traces(experiment, trace_ids=[trace.info.trace_id])
        assert self.mended(first, before)


def test_a_persons_own_runs_and_tags_are_left_alone(first: Tracked) -> None:
    client = MlflowClient(tracking_uri=first.address)
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    own = client.create_run(experiment.experiment_id, run_name="mine").info.run_id
    member = first.run_of(first.result.front[0]).info.run_id
    client.set_tag(member, "ticket", "42")

    assert synced(first) == 0

    assert "superseded" not in client.get_run(own).data.tags
    assert client.get_run(member).data.tags["ticket"] == "42"
    client.delete_run(own)
    client.delete_tag(member, "ticket")


def test_what_a_server_missed_is_written_later(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    monkeypatch.chdir(tmp_path)
    missed = run(tmp_path, "http://127.0.0.1:9")
    assert missed.tracker.error is not None

    missed.address = f"sqlite:///{tmp_path}/mlflow.db"
    assert synced(missed) > 0

    assert len(stored(missed.address)["runs"]) == 5


def test_without_the_dataset_the_results_are_written_all_the_same(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    done = run(tmp_path, f"sqlite:///{tmp_path}/first.db")
    full = stored(done.address)
    done.address = f"sqlite:///{tmp_path}/second.db"
    synced(done, dataset=False)

    less = stored(done.address)
    assert less["runs"].keys() == full["runs"].keys()
    for key, there in less["runs"].items():
        for part in ("params", "history", "times", "status"):
            assert there[part] == full["runs"][key][part]
        assert not there["traces"]
        assert not there["models"]
        assert not there["datasets"]

    assert synced(done) > 0
    assert stored(done.address) == full


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["status", "tiny", "--mlflow", "sqlite:///a.db"], "--mlflow needs --sync"),
        (["status", "tniy", "--sync"], "did you mean 'tiny'"),
    ],
)
def test_a_mistake_is_told(
    words: list[str], message: str, first: Tracked, capsys: pytest.CaptureFixture[str]
) -> None:
    from syftr_like.cli.main import run_command

    assert run_command(words) == 2
    assert message in capsys.readouterr().err


def test_an_address_that_cannot_be_reached_fails(
    first: Tracked, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from syftr_like.cli.main import run_command

    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    assert run_command(["status", "tiny", "--sync", "--mlflow", "http://127.0.0.1:9"]) == 1
    assert "MLflow at http://127.0.0.1:9 cannot be written" in capsys.readouterr().err
