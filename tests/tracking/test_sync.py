"""MLflow is a projection of the ledger: whatever is lost of it is made again, the same."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from mlflow import MlflowClient
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from mlflow.tracing.client import TracingClient
from mlflow.tracking._tracking_service.utils import _tracking_store_registry

from syftr_like.cli.main import run_command
from syftr_like.results import TrialResult
from syftr_like.study.observer import Observer
from syftr_like.study.reading import read_run
from syftr_like.study.run_folder import RunFolder
from syftr_like.study.tracked import tracked_again
from syftr_like.tracking import sync

from ..cli.held_run import held_run
from .conftest import SPACE, Tracked
from .stored import stored

Run = Callable[..., Tracked]

ABSTAIN_BELOW = "answer.extractive_reader.abstain_below"


def synced(tracked: Tracked, *, dataset: bool = True) -> int:
    """Sync, and return how many changes it took."""
    run = read_run(tracked.folder)
    try:
        source = tracked_again(run) if dataset else None
        return sync(run.result, source, run.ledger, run.folder.path, tracked.address)
    finally:
        run.ledger.close()


def status_sync(study: str, *words: str) -> subprocess.CompletedProcess[str]:
    """Run the command in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "syftr_like.cli.main", "status", study, "--sync", *words],
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
        (
            ["status", "tiny", "--sync", "--mlflow", "http://ada:hunter2@localhost:1"],
            "an address with a password in it is not used",
        ),
        (["status", "tiny", "--sync", "--mlflow", "http://[hunter2"], "the address is malformed"),
    ],
)
def test_a_mistake_is_told(
    words: list[str], message: str, first: Tracked, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run_command(words) == 2
    told = capsys.readouterr().err
    assert message in told
    assert "hunter2" not in told


def no_folder(folder: Path) -> str:
    (folder / "file").write_text("", encoding="utf-8")
    return f"sqlite:///{folder}/file/mlflow.db"


def no_database(folder: Path) -> str:
    (folder / "mlflow.db").write_text("a text of some length" * 100, encoding="utf-8")
    return f"sqlite:///{folder}/mlflow.db"


def read_only(folder: Path) -> str:
    with closing(sqlite3.connect(folder / "mlflow.db")) as connection:
        connection.execute("CREATE TABLE others (id INTEGER)")
    return f"sqlite:///file:{folder}/mlflow.db?mode=ro&uri=true"


@pytest.mark.parametrize(
    "address",
    [
        lambda folder: "http://127.0.0.1:9",
        lambda folder: f"sqlite:///{folder}",
        lambda folder: "sqlite:////proc/mlflow.db",
        no_folder,
        no_database,
        read_only,
        lambda folder: "postgresql+nodriver://127.0.0.1:9/mlflow",
    ],
    ids=[
        "no server", "a folder", "no file can be made", "no folder can be made", "no database",
        "read-only", "no driver",
    ],
)  # fmt: skip
def test_an_mlflow_that_cannot_be_written_is_told_in_one_line(
    address: Callable[[Path], str], first: Tracked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "0")
    target = address(tmp_path)

    done = status_sync("tiny", "--mlflow", target)

    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.startswith(f"error: MLflow at {target} cannot be written: ")
    assert len(line) > len(f"error: MLflow at {target} cannot be written: ")


def test_a_database_that_another_process_writes_is_told_in_one_line(
    first: Tracked, before: dict[str, Any]
) -> None:
    database = first.address.removeprefix("sqlite:///")
    with closing(sqlite3.connect(database, isolation_level=None)) as other:
        # Something to write: what is the same is not touched.
        other.execute("DELETE FROM tags WHERE key = 'configuration'")
        other.execute("BEGIN IMMEDIATE")
        done = status_sync("tiny")

    assert (done.returncode, done.stdout) == (1, "")
    (line,) = done.stderr.splitlines()
    assert line.endswith("database is locked")
    assert synced(first) > 0
    assert stored(first.address) == before


def test_artifacts_that_cannot_be_written_are_told_in_one_line(
    first: Tracked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(first.folder, tmp_path / "runs" / "tiny")
    (tmp_path / "mlartifacts").write_text("", encoding="utf-8")
    monkeypatch.chdir(tmp_path)

    done = status_sync("tiny", "--mlflow", f"sqlite:///{tmp_path}/another.db")

    assert done.returncode == 1
    (line,) = done.stderr.splitlines()
    assert "Not a directory" in line


def test_a_run_that_another_process_is_at_is_not_synced(
    first: Tracked, before: dict[str, Any], capsys: pytest.CaptureFixture[str]
) -> None:
    with held_run(first.folder.parent.parent):
        assert run_command(["status", "tiny", "--sync"]) == 2
        message = capsys.readouterr().err
        assert run_command(["status", "tiny"]) == 0
    assert message.startswith("error: the study 'tiny' is running, and writes to MLflow itself\n")
    assert stored(first.address) == before
    assert run_command(["status", "tiny", "--sync"]) == 0
    run = RunFolder(first.folder)
    run.hold()  # a sync that is done holds nothing
    run.release()


class SyncsMeanwhile(Observer):
    """Another terminal, in which a person syncs a study at its first trial and its second."""

    def __init__(self) -> None:
        self.seen: list[subprocess.CompletedProcess[str]] = []

    def trial_finished(self, trial: TrialResult) -> None:
        if len(self.seen) < 2:
            self.seen.append(status_sync("tiny"))


def test_a_sync_while_the_study_runs_does_not_end_its_tracking(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    other = SyncsMeanwhile()

    live = run(tmp_path, f"sqlite:///{tmp_path}/mlflow.db", observers=[other])

    assert [done.returncode for done in other.seen] == [2, 2]
    assert live.tracker.error is None
    assert len(stored(live.address)["runs"]) == 5
    assert synced(live) == 0


def test_trials_outside_a_smaller_space_stay_and_are_made_again(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    address = f"sqlite:///{tmp_path}/mlflow.db"
    wide = run(tmp_path, address)
    gone = {t.id for t in wide.result.trials if t.params.get(ABSTAIN_BELOW) in (0.0, 1.0)}
    assert gone & set(wide.result.front), "one has a model, which it must lose"

    narrow = run(tmp_path, address, space=SPACE.replace("0.0, 0.3, 1.0", "0.3"), extend=True)

    assert narrow.tracker.error is None
    before = stored(address)
    trials = {made["name"]: made for made in before["runs"].values() if made["name"] != "summary"}
    assert {id for id, made in trials.items() if made["tags"]["state"] == "outside"} == gone
    for id in gone:
        assert trials[id]["status"] == "FINISHED"
        assert trials[id]["tags"]["pareto"] == "false"
        assert trials[id]["history"]["answer_match"]
        for part in ("models", "traces", "artifacts"):
            assert not trials[id][part]
    assert status_sync("tiny").stdout.endswith("nothing was missing\n")

    forget_databases()
    for path in tmp_path.glob("mlflow.db*"):
        path.unlink()
    shutil.rmtree("mlartifacts")
    assert status_sync("tiny").returncode == 0
    assert stored(address) == before
