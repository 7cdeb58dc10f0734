"""Studies small enough to be run again and again, in this process or on Ray."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import pytest

from syftr_like.ledger import Ledger
from syftr_like.results import StudyResult
from syftr_like.study.loading import load_study
from syftr_like.study.session import Session

from ..study.tiny_study import write_tiny_study
from .watcher import Watcher

# Only what does not depend on time, so that two runs can be compared.
STUDY = """\
study: tiny
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  split: {tune: 0.5, holdout: 0.5, seed: 1}
space: space.yaml
objectives: {maximize: [answer_match], minimize: [context_tokens]}
metrics: []
search: {method: tpe, trials: 14, seed: 3}
workers: {count: 0, questions_in_flight: 4}
tracking: {mlflow: null}
"""

SPACE = """\
graph:
  chunks:
    from: documents
    choose: [whole_document, {sentence_splitter: {sentences: {int: [1, 3]}}}]
  passages:
    from: [question, chunks]
    choose: [{bm25: {k: {int: [1, 8]}}}]
  answer:
    from: [question, passages]
    choose: [{extractive_reader: {abstain_below: {float: [0.0, 0.6]}}}, abstain]
output: answer
"""


def reading(reader: str) -> str:
    """A space of one flow for each given reader, all of them on the same passages."""
    return f"""\
graph:
  chunks: {{from: documents, choose: [whole_document]}}
  passages: {{from: [question, chunks], choose: [{{bm25: {{k: 2}}}}]}}
  answer:
    from: [question, passages]
    choose: {reader}
output: answer
"""


@dataclass
class Run:
    """A study that was run."""

    result: StudyResult
    ledger: Ledger
    watcher: Watcher
    folder: Path


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Callable[..., Run]]:
    ledgers: list[Ledger] = []

    def run_study(
        *,
        space: str = SPACE,
        workers: int = 0,
        settings: Mapping[str, str] | None = None,
        watcher: Watcher | None = None,
        ledger: str | None = None,
    ) -> Run:
        folder = tmp_path / f"run-{len(ledgers)}"
        path = write_tiny_study(folder, study=STUDY, space=space)
        overrides = {"workers.count": str(workers), **(settings or {})}
        if ledger:
            overrides["ledger"] = ledger
        watching = watcher or Watcher()
        session = Session(load_study(path, overrides), runs=folder / "runs", observers=[watching])
        ledgers.append(session.ledger)
        return Run(session.run(), session.ledger, watching, folder / "runs" / "tiny")

    yield run_study
    for ledger in ledgers:
        ledger.close()


@pytest.fixture(scope="module")
def asked(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """One question of each split of STUDY, quoted for YAML."""
    path = write_tiny_study(tmp_path_factory.mktemp("asked"), study=STUDY, space=SPACE)
    split = load_study(path).split
    return {
        "tune": json.dumps(split.tune[3].question),
        "holdout": json.dumps(split.holdout[3].question),
    }


@pytest.fixture
def watching() -> Callable[..., Watcher]:
    return Watcher


@pytest.fixture
def readers() -> Callable[[str], str]:
    return reading


@pytest.fixture(scope="module")
def ray_cluster(third_party: Path) -> Iterator[None]:
    """A Ray of two cores that the backends of one module share; its workers know `tide_tools`."""
    import ray

    ray.init(
        "local",  # and not whatever cluster was started on this machine last
        num_cpus=2,
        include_dashboard=False,
        log_to_driver=False,
        runtime_env={"env_vars": {"OMP_NUM_THREADS": "1"}},
    )
    yield
    ray.shutdown()
