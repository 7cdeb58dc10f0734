"""An old study at other prices: real calls of a local provider, then nothing but the ledger."""

from __future__ import annotations

import json
import math
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from syftr_like.cli.main import run_command
from syftr_like.errors import InputError
from syftr_like.study.loading import load_study
from syftr_like.study.reading import FinishedRun, read_run
from syftr_like.study.repricing import TokenPrice, reprice
from syftr_like.study.session import Session

from ..components.llms.openai_server import KEY, USAGE, Server
from .tiny_study import write_tiny_study

STUDY = """\
study: tiny
dataset:
  documents: documents.jsonl
  questions: questions.jsonl
  split: {tune: 0.5, holdout: 0.5, seed: 1}
space: space.yaml
objectives: {maximize: [answer_match], minimize: [usd_per_1k_questions]}
search: {method: grid, trials: 2, seed: 0}
workers: {count: 0, questions_in_flight: 4}
tracking: {mlflow: null}
"""
SPACE = """\
models:
  small:
    llm: "openai:small"
    base_url: "URL"
    price: {input_per_million: 1.0, output_per_million: 2.0}
  large:
    llm: "openai:large"
    base_url: "URL"
    price: {input_per_million: 10.0, output_per_million: 20.0}
  vectors:
    embedder: "openai:vectors"
    base_url: "URL"
    price: {input_per_million: 3.0}
graph:
  chunks: {from: documents, choose: [whole_document]}
  passages: {from: [question, chunks], choose: [{dense: {k: 2, embedder: vectors}}]}
  answer:
    from: [question, passages]
    choose: [{llm_answer: {llm: {choose: [small, large]}}}]
output: answer
"""
LARGE = {"openai:large": TokenPrice(0.1, 0.2)}


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder in which the study was run once."""
    pytest.importorskip("langchain_openai")
    folder = tmp_path_factory.mktemp("paid")
    with Server() as server, pytest.MonkeyPatch.context() as patch:
        patch.setenv("OPENAI_API_KEY", KEY)
        threading.Thread(target=server.serve_forever, args=(0.01,), daemon=True).start()
        path = write_tiny_study(folder, study=STUDY, space=SPACE.replace("URL", server.url))
        session = Session(load_study(path), runs=folder / "runs")
        session.run()
        session.ledger.close()
        server.closing.set()
        server.shutdown()
    return folder


@pytest.fixture
def run(made: Path) -> Iterator[FinishedRun]:
    opened = read_run(made / "runs" / "tiny")
    yield opened
    opened.ledger.close()


def model_of(run: FinishedRun, number: int) -> str:
    (model,) = {
        row["model"] for row in run.ledger.model_calls(number) if row["model"] != "openai:vectors"
    }
    return str(model)


def test_another_price_gives_another_front(run: FinishedRun) -> None:
    after = reprice(run, LARGE)
    assert [model_of(run, int(id[1:])) for id in run.result.front] == ["openai:small"]
    assert [model_of(run, int(id[1:])) for id in after.front] == ["openai:large"]
    assert set(after.p_nondominated) == set(after.front)
    assert after.recommended["best"] == after.front[0]


def test_costs_are_tokens_times_the_price_and_cpu_time_at_its_rate(run: FinishedRun) -> None:
    after = reprice(run, {"openai:small": TokenPrice(5.0, 7.0)}, usd_per_cpu_hour=36.0)
    for trial in after.trials:
        small = model_of(run, trial.number) == "openai:small"
        rows = list(run.ledger.evaluations(trial.number, "tune"))
        calls = [
            row
            for row in run.ledger.model_calls(trial.number)
            if row["split"] == "tune" and row["model"] == "openai:vectors"
        ]
        inputs, outputs = USAGE["prompt_tokens"], USAGE["completion_tokens"]
        reply = inputs * 5e-6 + outputs * 7e-6 if small else inputs * 10e-6 + outputs * 20e-6
        per_question = [
            reply
            + sum(c["input_tokens"] * 3e-6 for c in calls if c["question"] == row["question"])
            + row["cpu_s"] * 0.01
            for row in rows
        ]
        mean = math.fsum(per_question) / len(per_question)
        assert trial.tune["usd_per_1k_questions"].value == pytest.approx(1000 * mean)


def test_nothing_but_dollars_changes(run: FinishedRun) -> None:
    after = reprice(run, LARGE, usd_per_cpu_hour=1.0)
    for was, now in zip(run.result.trials, after.trials, strict=True):
        for metric in set(was.tune) - {"usd_per_1k_questions"}:
            assert was.tune[metric] == now.tune[metric]
        assert (was.state, was.evaluations, was.rungs[-1].questions) == (
            now.state, now.evaluations, now.rungs[-1].questions,
        )  # fmt: skip
    assert after.spent == run.result.spent
    assert after.search["usd_per_cpu_hour"] == 1.0


def test_the_same_prices_give_the_same_result(run: FinishedRun) -> None:
    after = reprice(run, {"openai:large": TokenPrice(10.0, 20.0)})
    assert after.front == run.result.front
    for was, now in zip(run.result.trials, after.trials, strict=True):
        assert now.usd_index == pytest.approx(was.usd_index)
        for split in ("tune", "holdout"):
            old, new = getattr(was, split), getattr(now, split)
            assert {m: e.value for m, e in new.items()} == pytest.approx(
                {m: e.value for m, e in old.items()}
            )


def test_the_index_is_paid_at_the_new_price_too(run: FinishedRun) -> None:
    after = reprice(run, {"openai:vectors": TokenPrice(300.0)})
    builder = next(r["trial"] for r in run.ledger.model_calls() if r["split"] == "index")
    tokens = sum(
        row["input_tokens"]
        for row in run.ledger.model_calls(builder)
        if row["split"] == "index" and row["model"] == "openai:vectors"
    )
    was = run.result.trials[builder].usd_index
    assert tokens > 0
    assert after.trials[builder].usd_index == pytest.approx(was + tokens * 297e-6, rel=1e-6)


@pytest.mark.parametrize(
    ("prices", "rate", "told"),
    [
        ({"openai:larg": TokenPrice(1.0)}, None, "did you mean 'openai:large'"),
        ({}, -1.0, "no amount of dollars"),
        ({}, math.inf, "no amount of dollars"),
    ],
    ids=["unknown", "negative", "infinite"],
)
def test_mistakes_are_told(run: FinishedRun, prices: Any, rate: Any, told: str) -> None:
    with pytest.raises(InputError, match=told):
        reprice(run, prices, rate)


@pytest.fixture
def copied(made: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A copy of the run, its folder the current directory."""
    shutil.copytree(made / "runs", tmp_path / "runs")
    monkeypatch.chdir(tmp_path)
    return tmp_path / "runs" / "tiny"


def contents(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file() and path.suffix not in (".db-wal", ".db-shm")
    }


def test_the_command_writes_beside_the_run_and_shows_both_fronts(copied: Path, capsys) -> None:
    before = contents(copied)
    assert run_command(["reprice", "tiny", "--price", "openai:large=0.1,0.2"]) == 0
    out = capsys.readouterr().out
    assert "->" in out
    assert "new" in out
    assert "left it" in out
    after = contents(copied)
    assert {name for name in after if name not in before} == {
        "repriced/front.json", "repriced/trials.csv", "repriced/report.html",
    }  # fmt: skip
    assert {name: after[name] for name in before} == before
    front = json.loads(after["repriced/front.json"])["front"]
    assert [member["id"] for member in front] != [
        member["id"] for member in json.loads(before["front.json"])["front"]
    ]


def test_the_command_as_json(copied: Path, capsys) -> None:
    words = ["reprice", "tiny", "--usd-per-cpu-hour", "0.1", "--price", "openai:vectors=1"]
    assert run_command([*words, "--json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert set(told) == {"study", "before", "after", "folder"}


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--price", "openai:large"],
        ["--price", "openai:large=a,b"],
        ["--price", "openai:large=1,2,3"],
        ["--price", "=1,2"],
        ["--price", "openai:larg=1,2"],
        ["--price", "openai:large=-1,2"],
        ["--price", "openai:large=nan,2"],
        ["--usd-per-cpu-hour", "cheap"],
    ],
    ids=" ".join,
)
def test_bad_input_ends_with_2_and_writes_nothing(copied: Path, capsys, words) -> None:
    before = contents(copied)
    assert run_command(["reprice", "tiny", *words]) == 2
    assert capsys.readouterr().err.startswith("error: ")
    assert contents(copied) == before


def test_a_run_that_is_not_there(copied: Path, capsys) -> None:
    assert run_command(["reprice", "tini", "--usd-per-cpu-hour", "1"]) == 2
    assert "did you mean 'tiny'" in capsys.readouterr().err


def test_a_run_that_called_no_model_says_so(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys
) -> None:
    monkeypatch.chdir(tmp_path)
    session = Session(load_study(write_tiny_study(tmp_path), {"search.trials": 1}))
    session.run()
    session.ledger.close()

    assert run_command(["reprice", "tiny", "--price", "openai:small=1,2"]) == 2

    told = capsys.readouterr().err
    assert told.startswith("error: the run called no model, so that there is no price of one")
    assert "expected: another price of compute, such as --usd-per-cpu-hour" in told
