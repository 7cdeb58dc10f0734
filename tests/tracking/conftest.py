"""Studies that are tracked in a real MLflow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pytest
from mlflow import MlflowClient
from mlflow.entities import Run

from syftr_like.results import StudyResult
from syftr_like.study.loading import load_study
from syftr_like.study.observer import Observer
from syftr_like.study.session import Session
from syftr_like.study.tracked import tracked as source_of
from syftr_like.tracking import MlflowTracker, StudySource, open_tracker

from ..study.tiny_study import write_tiny_study

STUDY = """\
study: tiny
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  split: {tune: 0.5, holdout: 0.5, seed: 1}
space: space.yaml
objectives: {maximize: [answer_match], minimize: [context_tokens]}
metrics: [latency_p95_s]
constraints: [context_tokens >= 1]
search: {method: grid, trials: 6}
workers: {count: 0}
tracking: {mlflow: "MLFLOW"}
"""
# Four flows: two or three readers, of which one abstains always, and one that reads nothing and
# so breaks the constraint.
SPACE = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: 2}}]}
  answer:
    from: [question, passages]
    choose: [{extractive_reader: {abstain_below: {choose: [0.0, 0.3, 1.0]}}}, abstain]
output: answer
"""


@dataclass
class Tracked:
    """A study that was run and tracked."""

    result: StudyResult
    tracker: MlflowTracker
    folder: Path
    address: str

    def runs(self, kind: str) -> list[Run]:
        client = MlflowClient(tracking_uri=self.address)
        experiment = client.get_experiment_by_name("tiny")
        assert experiment is not None
        return list(
            client.search_runs(
                [experiment.experiment_id], f"tags.`syftr_like.kind` = '{kind}'",
                order_by=["start_time ASC"],
            )
        )  # fmt: skip

    def run_of(self, trial: str) -> Run:
        (run,) = (
            run
            for run in self.runs("trial")
            if run.info.run_name == trial and "superseded" not in run.data.tags
        )
        return run


def run_tracked(
    folder: Path,
    address: str,
    *,
    space: str = SPACE,
    fresh: bool = False,
    extend: bool = False,
    observers: Sequence[Observer] = (),
) -> Tracked:
    path = write_tiny_study(folder, study=STUDY.replace("MLFLOW", address), space=space)
    loaded = load_study(path)
    tracker = open_tracker(loaded.file.tracking.mlflow, source_of(loaded, folder / "runs"))
    assert tracker is not None
    session = Session(
        loaded,
        runs=folder / "runs",
        fresh=fresh,
        extend=extend,
        observers=[tracker, *observers],
    )
    try:
        result = session.run()
    finally:
        tracker.close()
        session.ledger.close()
    return Tracked(result, tracker, session.folder.path, address)


def made_source(folder: Path) -> StudySource:
    """The small study as tracking sees it, before it runs."""
    return source_of(load_study(write_tiny_study(folder)), folder / "runs")


@pytest.fixture(scope="session")
def run() -> Callable[..., Tracked]:
    return run_tracked


@pytest.fixture(scope="module")
def mlflow_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("tracked")


@pytest.fixture(scope="module")
def tracked_twice(tmp_path_factory: pytest.TempPathFactory) -> Tracked:
    """The second of two runs of one study."""
    folder = tmp_path_factory.mktemp("twice")
    address = f"sqlite:///{folder}/mlflow.db"
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(folder)
        run_tracked(folder, address)
        return run_tracked(folder, address, fresh=True)


@pytest.fixture(scope="module")
def tracked(mlflow_folder: Path) -> Tracked:
    """One study, for all tests that only look at it; files lie below the current folder."""
    with pytest.MonkeyPatch.context() as patch:
        patch.chdir(mlflow_folder)
        return run_tracked(mlflow_folder, f"sqlite:///{mlflow_folder}/mlflow.db")
