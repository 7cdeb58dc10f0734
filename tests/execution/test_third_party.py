"""Somebody else's components and metrics, in studies run from the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pandas as pd
import pytest

from syftr_like.errors import StudyError
from syftr_like.ledger import Ledger
from syftr_like.results import TrialState

from ..study.tiny_study import write_tiny_study

STUDY = """\
study: tiny
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  split: {tune: 0.5, holdout: 0.5, seed: 1}
space: space.yaml
objectives: {maximize: [answer_match], minimize: [answer_words]}
search: {method: grid, trials: 10}
workers: {count: 0}
tracking: {mlflow: null}
"""
ENTRY_POINTS = """\
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{bm25: {k: 2}}]}
  answer: {from: [question, passages], choose: [{first_sentence: {words: {choose: [3, 9]}}}]}
output: answer
"""
DOTTED_PATHS = """\
models:
  echo: {uses: "tide_tools.langchain_parts:LastWords", arguments: {words: 3}, price: free}
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages:
    from: [question, chunks]
    choose: [{as: shared, uses: "tide_tools.langchain_parts:SharedWords", arguments: {k: 2}}]
  answer: {from: [question, passages], choose: [{llm_answer: {llm: echo}}]}
output: answer
"""
Optimize = Callable[..., subprocess.Popen[str]]


def heed_interrupts() -> None:
    """Undo what a shell does to the commands that it runs in the background."""
    signal.signal(signal.SIGINT, signal.default_int_handler)


@pytest.fixture
def optimize(third_party_site: Path, tmp_path: Path) -> Optimize:
    """Start the command in a folder of its own; the package is on its path."""
    path = os.pathsep.join([str(third_party_site), *filter(None, [os.environ.get("PYTHONPATH")])])

    def start(*arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "syftr_like.cli.main", *arguments],
            cwd=tmp_path,
            env=os.environ | {"PYTHONPATH": path, "OMP_NUM_THREADS": "1"},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=heed_interrupts,
        )

    return start


def finish(process: subprocess.Popen[str]) -> tuple[int, str, str]:
    out, err = process.communicate(timeout=240)
    assert "Traceback" not in err, err
    return process.returncode, out, err


class TestEntryPoints:
    def test_the_catalogue_lists_them(self, optimize: Optimize) -> None:
        code, out, _ = finish(optimize("components", "--json"))
        assert code == 0
        listed = json.dumps(json.loads(out))
        assert "first_sentence" in listed
        assert "answer_words" in listed

    def test_a_study_finds_them_here_and_on_ray(self, optimize: Optimize, tmp_path: Path) -> None:
        path = write_tiny_study(tmp_path, study=STUDY, space=ENTRY_POINTS)
        code, _, err = finish(optimize(str(path), "--workers", "1"))
        assert code == 0, err
        trials = pd.read_csv(tmp_path / "runs/tiny/trials.csv")
        words = trials.set_index("answer.first_sentence.words")["answer_words"]
        # One of the eight questions shares no word with the documents, and is not answered.
        assert words.to_dict() == {3: 7 * 3 / 8, 9: 6.375}
        front = json.loads((tmp_path / "runs/tiny/front.json").read_text(encoding="utf-8"))
        assert front["objectives"][1] == {"metric": "answer_words", "direction": "minimize"}
        assert all(member["holdout"]["answer_words"]["value"] > 0 for member in front["front"])

    def test_without_the_package_their_names_are_unknown(
        self, optimize: Optimize, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        path = write_tiny_study(tmp_path, study=STUDY, space=ENTRY_POINTS)
        done = subprocess.run(
            [sys.executable, "-m", "syftr_like.cli.main", str(path)],
            cwd=tmp_path, capture_output=True, text=True, timeout=120, check=False,
        )  # fmt: skip
        assert done.returncode == 2
        assert "unknown component 'first_sentence'" in done.stderr


class TestDottedPaths:
    def test_a_retriever_and_a_chat_model_load_when_their_prefix_is_allowed(
        self, optimize: Optimize, tmp_path: Path
    ) -> None:
        path = write_tiny_study(tmp_path, study=STUDY, space=DOTTED_PATHS)
        code, _, err = finish(optimize(str(path), "--allow-import", "tide_tools", "--workers", "1"))
        assert code == 0, err
        ledger = Ledger(f"sqlite:///{tmp_path}/runs/tiny/ledger.db", "tiny")
        rows = list(ledger.evaluations(split="tune"))
        totals = ledger.totals()
        ledger.close()
        assert len(rows) == 8
        assert [row["error"] for row in rows] == [None] * 8
        assert all(len(row["retrieved"]["passages"]) == 2 for row in rows)
        assert all(len(row["answer"].split()) == 3 for row in rows)
        assert totals["model_calls"] == 16, "one per question of both splits"
        assert totals["usd"] == 0

    def test_the_study_may_allow_the_prefix_itself(
        self, optimize: Optimize, tmp_path: Path
    ) -> None:
        path = write_tiny_study(
            tmp_path, study=STUDY + "allow_imports: [tide_tools]\n", space=DOTTED_PATHS
        )
        code, _, err = finish(optimize("lint", str(path)))
        assert code == 0, err

    @pytest.mark.parametrize("allowed", [[], ["--allow-import", "tide"]])
    def test_else_they_are_refused_and_nothing_is_written(
        self, optimize: Optimize, tmp_path: Path, allowed: list[str]
    ) -> None:
        path = write_tiny_study(
            tmp_path,
            study=STUDY.replace("mlflow: null", 'mlflow: "sqlite:///mlflow.db"'),
            space=DOTTED_PATHS,
        )
        before = set(tmp_path.iterdir())
        code, _, err = finish(optimize(str(path), *allowed))
        assert code == 2
        assert "space.yaml:2" in err
        assert "importing from 'tide_tools.langchain_parts' is not allowed" in err
        assert "allow" in err
        assert set(tmp_path.iterdir()) == before

    @pytest.mark.parametrize("workers", ["0", "1"], ids=["here", "ray"])
    def test_a_key_that_is_missing_ends_the_study_and_fails_no_flow(
        self, optimize: Optimize, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, workers: str
    ) -> None:
        space = DOTTED_PATHS.replace('LastWords", arguments: {words: 3}', 'keyed_last_words"')
        path = write_tiny_study(
            tmp_path, study=STUDY + "allow_imports: [tide_tools]\n", space=space
        )
        code, _, err = finish(optimize(str(path), "--workers", workers))
        assert code == 1
        assert "TIDE_API_KEY" in err
        assert "run the study again" in err
        monkeypatch.setenv("TIDE_API_KEY", "tide-key-1234")
        code, _, err = finish(optimize(str(path), "--workers", workers))
        assert code == 0, err
        ledger = Ledger(f"sqlite:///{tmp_path}/runs/tiny/ledger.db", "tiny")
        (trial,) = ledger.trials()
        rows = list(ledger.evaluations(split="tune"))
        ledger.close()
        assert trial.state is TrialState.COMPLETE
        assert [row["error"] for row in rows] == [None] * 8


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["ctrl+c", "sigterm"])
@pytest.mark.parametrize("workers", ["0", "1"], ids=["here", "ray"])
def test_a_signal_interrupts_a_study_and_keeps_what_there_is(
    optimize: Optimize, tmp_path: Path, workers: str, sent: signal.Signals
) -> None:
    """One question of the first trial waits; the others are recorded; then comes the signal."""
    waiting = f"{{troubled_reader: {{trouble: wait, at: ferry, gate: {tmp_path}/never}}}}"
    space = ENTRY_POINTS.replace("{first_sentence: {words: {choose: [3, 9]}}}", waiting)
    study = STUDY.replace("seed: 1", "seed: 2").replace("tune: 0.5", "tune: 0.9")
    study = study.replace("holdout: 0.5", "holdout: 0.1")
    path = write_tiny_study(tmp_path, study=study, space=space)
    process = optimize(str(path), "--workers", workers)
    database = tmp_path / "runs/tiny/ledger.db"
    ledger = Ledger(f"sqlite:///{database}", "tiny")
    deadline = time.monotonic() + 120
    recorded = 0
    while recorded == 0 and time.monotonic() < deadline:
        time.sleep(0.1)
        if database.exists():
            with suppress(StudyError):  # the tables are being made
                recorded = int(ledger.totals()["evaluations"])
    process.send_signal(sent)
    code, _, err = finish(process)
    assert code == 130, err
    (trial,) = ledger.trials()
    ended = ledger.study()["ended"]
    ledger.close()
    assert trial.state is TrialState.INTERRUPTED
    assert ended == "interrupted"
    assert recorded > 0
    assert (tmp_path / "runs/tiny/front.json").exists()
