"""A provider on this machine."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from .openai_server import KEY, Server


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    monkeypatch.delenv("OPENAI_BASE_URL", raising=False)


@pytest.fixture
def server() -> Iterator[Server]:
    pytest.importorskip("langchain")
    pytest.importorskip("langchain_openai")
    with Server() as running:
        threading.Thread(target=running.serve_forever, args=(0.01,), daemon=True).start()
        yield running
        running.closing.set()
        running.shutdown()
