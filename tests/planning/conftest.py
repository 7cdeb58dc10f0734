"""A small study whose models are those of a server on this machine, priced."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..components.llms.openai_server import KEY, Server
from ..study.tiny_study import STUDY, write_tiny_study

PRICED_SPACE = """\
models:
  small:
    llm: "openai:small"
    base_url: "{url}"
    max_output_tokens: 100
    price: {{input_per_million: 1.0, output_per_million: 2.0}}
  vectors:
    embedder: "openai:vectors"
    base_url: "{url}"
    price: {{input_per_million: 1.0}}
graph:
  chunks:
    from: documents
    choose: [whole_document]
  passages:
    from: [question, chunks]
    choose:
      - bm25: {{k: {{int: [1, 4]}}}}
      - dense: {{embedder: vectors, k: {{int: [1, 4]}}}}
  answer:
    from: [question, passages]
    choose:
      - llm_answer: {{llm: small}}
output: answer
"""


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[Server]:
    pytest.importorskip("langchain")
    pytest.importorskip("langchain_openai")
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.closing.set()
        running.shutdown()


@pytest.fixture
def priced(tmp_path: Path, server: Server) -> Path:
    study = STUDY.replace("trials: 4", "trials: 8")
    return write_tiny_study(
        tmp_path / "priced", study=study, space=PRICED_SPACE.format(url=server.url)
    )
