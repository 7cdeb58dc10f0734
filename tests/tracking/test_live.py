"""What a person sees in MLflow while a study runs."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import pytest
from mlflow import MlflowClient

from syftr_like.results import Rung, TrialResult, TrialState
from syftr_like.study.reading import read_run
from syftr_like.study.tracked import tracked_again
from syftr_like.tracking import MlflowTracker, sync

from .conftest import Tracked
from .stored import stored


@pytest.fixture
def second(tracked: Tracked, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Tracked:
    """The study as it was run, and a tracker of it that has seen nothing yet."""
    monkeypatch.chdir(tmp_path)
    # A copy of a database saves the seconds that MLflow takes to make one.
    database = tracked.address.removeprefix("sqlite:///")
    shutil.copy(database, tmp_path / "mlflow.db")
    address = f"sqlite:///{tmp_path}/mlflow.db"
    client = MlflowClient(tracking_uri=address)
    experiment = client.get_experiment_by_name("tiny")
    assert experiment is not None
    client.rename_experiment(experiment.experiment_id, "another")
    run = read_run(tracked.folder)
    source = tracked_again(run)
    run.ledger.close()
    return replace(tracked, address=address, tracker=MlflowTracker(address, source))


def rungs_of(trial: TrialResult) -> tuple[Rung, ...]:
    """A trial that met two rungs before its end."""
    return (
        Rung(2, trial.started_at + 0.001, "continue", trial.tune),
        Rung(4, trial.started_at + 0.002, "continue", trial.tune),
        Rung(8, trial.started_at + 0.003, "complete", trial.tune),
    )


def steps(second: Tracked, trial: str) -> list[int]:
    client = MlflowClient(tracking_uri=second.address)
    history = client.get_metric_history(second.run_of(trial).info.run_id, "answer_match")
    return sorted(point.step for point in history)


def tell(second: Tracked, *trials: TrialResult) -> None:
    """Let a tracker write trials, as a session of the study would."""
    tracker = MlflowTracker(second.address, second.tracker._source)
    for trial in trials:
        tracker.trial_rung(trial)
    tracker.close()
    assert tracker.error is None


def test_a_trial_shows_each_rung_and_goes_on_as_the_same_run(second: Tracked) -> None:
    done = second.result.trials[0]
    ended = replace(done, rungs=rungs_of(done))
    running = replace(
        ended, state=TrialState.RUNNING, tune={}, evaluations=0, rungs=(), seconds=0.0
    )

    # The driver's clock is not the ledger's: the ledger's counts.
    tell(second, replace(running, started_at=done.started_at + 0.05))
    first = second.run_of(done.id).info
    assert (first.status, first.end_time) == ("RUNNING", None)
    assert first.start_time == int(done.started_at * 1000)
    assert steps(second, done.id) == []

    tell(second, replace(running, rungs=ended.rungs[:1]), replace(running, rungs=ended.rungs[:2]))
    assert steps(second, done.id) == [2, 4]

    tell(second, replace(ended, state=TrialState.STOPPED))
    last = second.run_of(done.id)
    assert last.info.run_id == first.run_id
    assert last.info.status == "FINISHED"
    assert last.data.tags["state"] == "stopped"
    assert steps(second, done.id) == [2, 4, 8]


def test_a_study_with_rungs_is_made_again_the_same(second: Tracked) -> None:
    trials = tuple(replace(trial, rungs=rungs_of(trial)) for trial in second.result.trials)
    result = replace(second.result, trials=trials)
    tell(second, *(replace(trial, rungs=trial.rungs[:2]) for trial in trials[:2]))
    for trial in trials:
        tell(second, trial)
    second.tracker.study_ended(result, second.folder)
    second.tracker.close()
    before = stored(second.address)
    assert {len(run["history"].get("answer_match", [])) for run in before["runs"].values()} == {
        0, 3
    }  # fmt: skip

    client = MlflowClient(tracking_uri=second.address)
    for run in second.runs("trial"):
        client.delete_run(run.info.run_id)
    run = read_run(second.folder)
    assert sync(result, tracked_again(run), run.ledger, second.folder, second.address) > 0
    run.ledger.close()

    assert stored(second.address) == before


def test_what_turned_out_untrue_makes_a_new_run(second: Tracked) -> None:
    """A study that is extended asks further questions; the end that was written is none."""
    done = second.result.trials[0]
    tell(second, replace(done, rungs=rungs_of(done)))
    first = second.run_of(done.id).info.run_id

    tell(second, replace(done, rungs=rungs_of(done)[:2], state=TrialState.PAUSED, seconds=0.0))

    assert second.run_of(done.id).info.run_id != first
    assert steps(second, done.id) == [2, 4]
