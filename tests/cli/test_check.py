"""`optimize check`: one tiny live call for each model and embedder."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from syftr_like.cli.main import run_command

from ..components.llms.openai_server import KEY, Server
from ..study.tiny_study import write_tiny_study

SPACE = """\
models:
  small: {{llm: "openai:gpt-small", base_url: "{url}", price: {price}, attempts: 1}}
  unused: {{llm: "openai:never", base_url: "{url}", price: {price}}}
graph:
  chunks: {{from: documents, choose: [whole_document]}}
  passages:
    from: [question, chunks]
    choose:
      - bm25
      - dense:
          embedder:
            choose:
              - lsa
              - embedding_model: {{model: "openai:vectors", base_url: "{url}", price: free}}
  answer:
    from: [question, passages]
    choose:
      - extractive_reader
      - llm_answer: {{llm: small, prompt: {{choose: [default, cot]}}}}
output: answer
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.closing.set()
        running.shutdown()


@pytest.fixture
def study(server: Server, tmp_path: Path) -> Path:
    price = "{input_per_million: 1.0, output_per_million: 2.0}"
    return write_tiny_study(tmp_path, space=SPACE.format(url=server.url, price=price))


def check(capsys: pytest.CaptureFixture[str], *words: str) -> tuple[int, str, str]:
    code = run_command(["check", *words])
    said = capsys.readouterr()
    return code, said.out, said.err


def test_each_model_that_a_flow_may_call_is_called_once(
    study: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    before = set(study.parent.rglob("*"))
    code, out, _ = check(capsys, str(study))
    assert code == 0
    assert sorted(path for path, _, _ in server.requests) == [
        "/v1/chat/completions",
        "/v1/embeddings",
    ]
    assert "small (openai:gpt-small)" in out
    assert "70 + 3 tokens" in out
    assert "every model answers; spent $0.000076" in out
    assert set(study.parent.rglob("*")) == before


def test_one_that_does_not_answer_is_told_and_ends_with_1(
    study: Path, server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    server.statuses = [401]
    code, out, _ = check(capsys, str(study), "--json")
    checked = json.loads(out)
    assert code == 1
    assert [model["error"] is None for model in checked].count(False) == 1
    assert KEY not in out


def test_without_a_key_the_others_are_still_called(
    study: Path, server: Server, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("OPENAI_API_KEY")
    code, out, _ = check(capsys, str(study))
    assert code == 1
    assert "OPENAI_API_KEY" in out
    assert "2 of 2 models did not answer" in out


def test_a_study_without_models_has_nothing_to_check(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    code, out, _ = check(capsys, str(write_tiny_study(tmp_path)))
    assert code == 0
    assert "no model" in out
